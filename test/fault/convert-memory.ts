import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Findings, type CampaignOptions, type CampaignReport } from '../support/campaign.js';
import { integerFile, RESIDENT_MAX, residentOf } from '../support/resident.js';

/** 1.1 GB of records of 128 bytes. */
const RECORDS = 8_600_000;

/** Decodes and converts files of more than a gigabyte in two workers; each must stay within 150 MiB resident. */
export function run({ rounds, native }: CampaignOptions): CampaignReport {
  const findings = new Findings();
  const folder = mkdtempSync(join(tmpdir(), 'convert-memory-'));
  const common = ['--workers', '2', '--native', native];
  for (let round = 0; round < rounds; round++)
    for (const format of ['fixed', 'rdw'] as const) {
      const { copybook, data } = integerFile(folder, format, RECORDS);
      const file = ['--copybook', copybook, '--format', format, ...common, data];
      for (const args of [
        ['decode', ...file],
        ['convert', '--out-format', 'fixed', ...file, join(folder, 'out.dat')],
      ]) {
        const { status, bytes } = residentOf(folder, args);
        findings.count(`${args[0]} ${format}: ${Math.round(bytes / 2 ** 20)} MiB`);
        findings.expect(
          status === 0 && bytes <= RESIDENT_MAX,
          `${args[0]} ${format}: exit ${status}, ${bytes} bytes resident`,
        );
      }
    }
  rmSync(folder, { recursive: true });
  return findings.report('convert-memory', rounds);
}
