import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';

import { cacheFolder } from './servers.js';

const INSTALL_TIMEOUT_MS = 300_000;
const RUN_TIMEOUT_MS = 120_000;

/** Packages of PyPI at pinned versions, in a folder that Python is shown; fetched once a machine. */
export class PypiPackages {
  private readonly folder: string;

  constructor(
    /** The folder's name in the cache, before the versions. */
    name: string,
    private readonly pins: readonly string[],
  ) {
    this.folder = cacheFolder(`${name}-${pins.join('-').replaceAll('==', '-')}`);
  }

  /** Why they cannot be had here, or undefined. They are fetched beside the place and then moved. */
  missing(): string | undefined {
    if (existsSync(this.folder)) return undefined;
    const fresh = `${this.folder}.${process.pid}`;
    const { status } = this.python(
      ['-m', 'pip', 'install', '--quiet', '--target', fresh, ...this.pins],
      INSTALL_TIMEOUT_MS,
    );
    if (status === 0 && !existsSync(this.folder)) renameSync(fresh, this.folder);
    rmSync(fresh, { recursive: true, force: true });
    if (existsSync(this.folder)) return undefined;
    return `${this.pins.join(' and ')} need python3 with pip (apt: python3-pip), and PyPI`;
  }

  /** Runs Python with them. */
  python(args: readonly string[], timeout = RUN_TIMEOUT_MS): { status: number | null; stdout: string; stderr: string } {
    return spawnSync('python3', args, {
      encoding: 'utf8',
      timeout,
      maxBuffer: 64 << 20,
      env: { ...process.env, PYTHONPATH: this.folder, PYTHONDONTWRITEBYTECODE: '1' },
    });
  }
}
