import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import t from 'tap';

import { projectRoot } from './support/project.js';

const NODE_OLDEST = '20.19.0';
const LICENCES = new Set('MIT Apache-2.0 BSD-2-Clause BSD-3-Clause ISC MPL-2.0 BlueOak-1.0.0 0BSD Zlib'.split(' '));

/** Other licences, read and found harmless for a tool that is never shipped: development only. */
const TOOLS: Readonly<Record<string, string>> = {
  argparse: 'Python-2.0: as permissive as MIT',
  'spdx-exceptions': 'CC-BY-3.0: a list of names',
  'spdx-license-ids': 'CC0-1.0: a list of names',
  'jsonc-simple-parser': 'its package.json names none; its licence file is MIT',
};

interface LockedPackage {
  readonly version: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly engines?: { readonly node?: string };
}

const require = createRequire(import.meta.url);
// node-gyp is a dependency of ours and semver is one of its own: found from there, wherever npm put it.
const { satisfies } = createRequire(require.resolve('node-gyp/package.json'))('semver') as {
  satisfies(version: string, range: string): boolean;
};

const lock = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')) as {
  packages: Readonly<Record<string, LockedPackage>>;
};
const packages = Object.entries(lock.packages)
  .filter(([path]) => path !== '')
  .map(([path, entry]) => ({ name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length), ...entry }));

/** `(A OR B)` is allowed when one of them is, `(A AND B)` when both are. */
function isAllowed(license: string): boolean {
  return license
    .replace(/[()]/g, '')
    .split(' OR ')
    .some(choice => choice.split(' AND ').every(one => LICENCES.has(one)));
}

t.test(`every dependency runs on Node ${NODE_OLDEST}`, async t => {
  t.ok(packages.length > 100, `${packages.length} packages are locked`);
  const refusing = packages.filter(({ engines }) => engines?.node && !satisfies(NODE_OLDEST, engines.node));
  t.strictSame(
    refusing.map(({ name, version, engines }) => `${name} ${version} wants ${engines?.node}`),
    [],
  );
});

t.test('every dependency has a licence we may ship, or is a tool whose licence is named here', async t => {
  const others = packages.filter(({ license }) => license === undefined || !isAllowed(license));
  const refused = others.filter(({ name, dev }) => dev !== true || !(name in TOOLS));
  t.strictSame(
    refused.map(({ name, version, license }) => `${name} ${version}: ${license ?? 'no licence named'}`),
    [],
  );
  t.strictSame([...new Set(others.map(({ name }) => name))].sort(), Object.keys(TOOLS).sort());
});

t.test('the lock names no host that packages come from', async t => {
  t.notMatch(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8'), /"resolved"/);
});
