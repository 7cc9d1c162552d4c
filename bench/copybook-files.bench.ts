/** A million records from file to file, process by process: rate, what more workers give, memory, and on to Parquet. */
import { CORES, convertFile, copybookRs, decodeFile, fileContender, tradeFile } from './copybook-files.js';
import { tradeLayout } from './copybook-records.js';
import type { Question } from './harness.js';

export const copybookFiles: Question = {
  name: 'copybook-files',
  async *cases() {
    const input = tradeFile(tradeLayout());
    const one = decodeFile(1);
    yield {
      name: 'JSON lines',
      ours: fileContender(one, input, 'rate'),
      peers: [await copybookRs(1, input, 'rate')],
    };
    yield {
      name: 'JSON lines, every core',
      ours: fileContender(decodeFile(CORES), input, 'rate'),
      peers: [fileContender(one, input, 'rate'), await copybookRs(CORES, input, 'rate')],
    };
    yield {
      // Of the same runs as the rates before.
      name: 'memory, every core',
      ours: fileContender(decodeFile(CORES), input, 'memory'),
      peers: [await copybookRs(CORES, input, 'memory')],
    };
    // No peer writes Parquet from records without Spark; JSON lines of the same input are the measure.
    yield {
      name: 'Parquet',
      ours: fileContender(convertFile('parquet', 1), input, 'input'),
      peers: [fileContender(one, input, 'input')],
    };
  },
};
