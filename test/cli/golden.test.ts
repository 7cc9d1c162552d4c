import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import { COBOL_FOLDER, cobcMissing, writtenBy } from '../support/cobc.js';
import { headrace } from '../support/headrace.js';
import { needs } from '../support/servers.js';

// Each case starts processes; a busy machine takes seconds for one.
t.setTimeout(240_000);

const at = (file: string): string => join(COBOL_FOLDER, file);
const ASCII = ['--codepage', 'ascii', '--binary-size', '1-2-4-8'];

/** Programs whose records the commands take with their flags: NAME.cob, NAME.cpy, NAME.ascii.dat and NAME.jsonl. */
const PROGRAMS = [
  { name: 'tables', cobc: ['-fodoslide'], flags: [...ASCII, '--format', 'rdw', '--options', at('tables.yaml')] },
  { name: 'views', cobc: [], flags: [...ASCII, '--conditions', '--renames'] },
] as const;

for (const { name, cobc, flags } of PROGRAMS) {
  const args = ['--copybook', at(`${name}.cpy`), ...flags];
  t.test(`decode gives the values that ${name}.cob moved, encode the bytes that it wrote`, async t => {
    const decoded = headrace(['decode', ...args, at(`${name}.ascii.dat`)]);
    t.match(decoded, { status: 0, errors: [] });
    t.equal(decoded.out.toString(), readFileSync(at(`${name}.jsonl`), 'utf8'));
    const encoded = headrace(['encode', ...args, '-'], { input: decoded.out });
    t.strictSame(encoded, { status: 0, out: readFileSync(at(`${name}.ascii.dat`)), errors: [] });
  });

  t.test(`${name}.cob writes the committed bytes`, needs(cobcMissing), async t => {
    t.strictSame(writtenBy(`${name}.cob`, cobc), readFileSync(at(`${name}.ascii.dat`)));
  });
}

t.test('what views.cob found true and moved is what the 88 and 66 levels say', async t => {
  const letters = {
    'old-open': 0,
    'old-closed': 1,
    'new-open': 2,
    'new-closed': 3,
    'amount-none': 4,
    'amount-large': 5,
  };
  for (const line of readFileSync(at('views.jsonl'), 'utf8').trim().split('\n')) {
    const record = JSON.parse(line) as Record<string, Record<string, unknown>> & { held: string };
    const holds = [record['first-part'], record['second-part'], record].flatMap(part =>
      Object.keys(part?.['$conditions'] ?? {}),
    );
    const found = Object.entries(letters).filter(([, place]) => (record.held[place] ?? ' ') !== ' ');
    t.strictSame(
      holds,
      found.map(([condition]) => condition),
    );
    t.equal(record['old-both'], record['copied']);
  }
});
