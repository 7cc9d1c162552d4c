import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Findings, type CampaignOptions, type CampaignReport } from '../support/campaign.js';
import { integerFile, randomFile, RESIDENT_MAX, residentOf } from '../support/resident.js';

/** 1.1 GB of records of 128 bytes. */
const RECORDS = 8_600_000;

interface ConvertOptions extends CampaignOptions {
  readonly records?: number;
}

interface Run {
  readonly args: readonly string[];
  /** What it writes, where it writes a file. */
  readonly out?: string;
}

/** Decodes and converts files of more than a gigabyte in two workers, to each form and back; each must stay within 150 MiB resident. */
export function run({ rounds, native, records = RECORDS }: ConvertOptions): CampaignReport {
  const findings = new Findings();
  const folder = mkdtempSync(join(tmpdir(), 'convert-memory-'));
  const common = ['--workers', '2', '--native', native];
  const flags = (copybook: string, format: string): string[] => ['--copybook', copybook, '--format', format, ...common];
  const converted = (name: string, file: readonly string[]): Run => {
    const out = join(folder, name);
    return { args: ['convert', ...file, out], out };
  };
  const measure = (name: string, { args, out }: Run): void => {
    const { status, bytes, errors } = residentOf(folder, args);
    findings.count(`${name}: ${Math.round(bytes / 2 ** 20)} MiB`);
    if (findings.expect(status === 0, `${name} (headrace ${args.join(' ')}): exit ${status}: ${errors}`)) {
      findings.expect(bytes <= RESIDENT_MAX, `${name}: ${bytes} bytes resident, ${RESIDENT_MAX} at most`);
      findings.expect(out === undefined || statSync(out).size > 0, `${name}: nothing written`);
    }
  };
  const remove = (out: string): void => {
    for (const end of ['', '.part', '.resume', '.lock']) rmSync(join(folder, out) + end, { force: true });
  };
  for (let round = 0; round < rounds; round++) {
    for (const format of ['fixed', 'rdw'] as const) {
      const { copybook, data } = integerFile(folder, format, records);
      const file = [...flags(copybook, format), data];
      measure(`decode ${format}`, { args: ['decode', ...file] });
      measure(`convert ${format}`, converted('out.dat', ['--out-format', 'fixed', ...file]));
      remove('out.dat');
      rmSync(data);
    }
    // Values that differ fill dictionaries, pages and row groups; zeros do not.
    const { copybook, data } = randomFile(folder, records);
    for (const form of ['jsonl', 'csv', 'parquet', 'arrow']) {
      const out = `out.${form}`;
      measure(`convert to ${form}`, converted(out, [...flags(copybook, 'fixed'), data]));
      measure(`convert from ${form}`, converted('back.dat', [...flags(copybook, 'fixed'), join(folder, out)]));
      remove('back.dat');
      remove(out);
    }
    rmSync(data);
  }
  rmSync(folder, { recursive: true });
  return findings.report('convert-memory', rounds);
}
