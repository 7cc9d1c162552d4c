// The programs the tests talk to that come from Debian's packages. As root they are installed; else the one command is printed.
import { spawnSync } from 'node:child_process';

import { has } from './run.mjs';

const PROGRAMS = [
  { program: 'chromium', packages: ['chromium'], for: 'the page read by a real browser' },
  { program: 'cobc', packages: ['gnucobol4'], for: 'records written by GnuCOBOL' },
  { program: 'mvn', packages: ['maven', 'default-jre-headless'], for: 'a real Kafka broker' },
  { program: 'python3', packages: ['python3'], for: 'the independent FIX venue, client and scenarios' },
  {
    program: 'pip3',
    packages: ['python3-pip'],
    for: 'Parquet and Arrow read by pyarrow and DuckDB, .proto files by protoc',
  },
];

function install(packages) {
  const apt = args =>
    spawnSync('apt-get', args, { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  if (apt(['install', '-y', ...packages]).status === 0) return;
  apt(['update']);
  apt(['install', '-y', '--no-install-recommends', ...packages]);
}

/** Returns the names of what is still missing, each with what its absence skips. */
export function installServers() {
  const absent = () => PROGRAMS.filter(({ program }) => !has(program));
  const packages = absent().flatMap(entry => entry.packages);
  if (packages.length === 0) return [];
  if (process.getuid?.() === 0 && has('apt-get')) {
    console.error(`headrace: installing ${packages.join(', ')} for the tests`);
    install(packages);
  } else {
    console.error(`headrace: some tests will be skipped. To run them all: sudo apt-get install ${packages.join(' ')}`);
  }
  return absent().map(({ program, for: what }) => `${program} (skips: ${what})`);
}
