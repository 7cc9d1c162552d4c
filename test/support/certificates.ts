import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { TlsOptions } from '../../src/trading/index.js';

/** Whether certificates can be made here. */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** An authority in a folder, and the certificates that it gives out. */
export class TestAuthority {
  readonly ca: string;
  #serial = 1;

  constructor(private readonly folder: string) {
    this.ca = join(folder, 'ca.pem');
    this.#run('req', '-x509', ...NEW_KEY, '-days', '2', '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test CA');
  }

  /** Writes `file`.pem and `file`.key for a common name and alternative names (`DNS:a.test`, `URI:fix:a`). */
  issue(file: string, commonName: string, alternativeNames: readonly string[] = []): TlsOptions {
    this.#run('req', ...NEW_KEY, '-keyout', `${file}.key`, '-out', `${file}.csr`, '-subj', `/CN=${commonName}`);
    const extensions = alternativeNames.length === 0 ? [] : ['-extfile', 'names.cnf'];
    const names = alternativeNames.map((name, index) => name.replace(/^(\w+):(.*)$/, `$1.${index + 1} = "$2"`));
    writeFileSync(join(this.folder, 'names.cnf'), `subjectAltName = @names\n[names]\n${names.join('\n')}\n`);
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-set_serial', String(this.#serial++), '-days', '2'];
    this.#run('x509', '-req', '-in', `${file}.csr`, ...signed, '-out', `${file}.pem`, ...extensions);
    return { cert: join(this.folder, `${file}.pem`), key: join(this.folder, `${file}.key`), ca: this.ca };
  }

  #run(...args: string[]): void {
    const { status, stderr } = spawnSync('openssl', args, { cwd: this.folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
