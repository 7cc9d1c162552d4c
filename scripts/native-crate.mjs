// The journal crate: its tests as they are, under AddressSanitizer where a nightly toolchain is, and under Miri where that has it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { capture, has, root } from './run.mjs';

const crate = join(root, 'native', 'journal');
const target = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-unknown-linux-gnu`;
const answers = args => spawnSync('cargo', args, { stdio: 'ignore' }).status === 0;

async function cargo(args, env = {}) {
  const { status, text } = await capture('cargo', args, { cwd: crate, env: { ...process.env, ...env } });
  return status === 0 ? undefined : text.slice(-4000);
}

function underAddressSanitizer() {
  const name = 'the journal crate under ASan';
  if (process.platform !== 'linux' || !answers(['+nightly', '--version']))
    return { name, missing: "Rust's nightly toolchain" };
  const args = ['+nightly', 'test', '--quiet', '-j', '2', '--lib', '--target', target, '--target-dir', 'target/asan'];
  return { name, run: () => cargo(args, { RUSTFLAGS: '-Zsanitizer=address' }) };
}

// Miri knows no files and no CPU extensions: of the crate it runs the format, which is pure.
function underMiri() {
  const name = "the journal's format under Miri";
  if (!answers(['+nightly', 'miri', '--version'])) return { name, missing: 'Miri' };
  return { name, run: () => cargo(['+nightly', 'miri', 'test', '--lib', '--target-dir', 'target/miri']) };
}

/** `isWhole` adds Miri, which takes minutes. */
export function crateTasks(isWhole) {
  if (!has('cargo')) return [{ name: 'the journal crate', missing: 'cargo', isRequired: true }];
  const plain = { name: 'the journal crate', run: () => cargo(['test', '--quiet', '-j', '2']) };
  return [plain, underAddressSanitizer(), ...(isWhole ? [underMiri()] : [])];
}
