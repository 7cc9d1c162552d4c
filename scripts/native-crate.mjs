// The Rust crates: their tests as they are and under AddressSanitizer where a nightly toolchain is; the journal's under Miri where that has it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { capture, CRATES, has, root } from './run.mjs';

const target = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-unknown-linux-gnu`;
const answers = args => spawnSync('cargo', args, { stdio: 'ignore' }).status === 0;

async function cargo(crate, args, env = {}) {
  const cwd = join(root, 'native', crate);
  const { status, text } = await capture('cargo', args, { cwd, env: { ...process.env, ...env } });
  return status === 0 ? undefined : text.slice(-4000);
}

function underAddressSanitizer(crate) {
  const name = `the ${crate} crate under ASan`;
  if (process.platform !== 'linux' || !answers(['+nightly', '--version']))
    return { name, missing: "Rust's nightly toolchain" };
  const args = ['+nightly', 'test', '--quiet', '-j', '2', '--lib', '--target', target, '--target-dir', 'target/asan'];
  return { name, run: () => cargo(crate, args, { RUSTFLAGS: '-Zsanitizer=address' }) };
}

// Miri knows no files and no CPU extensions: of the crate it runs the format, which is pure.
function underMiri() {
  const name = "the journal's format under Miri";
  if (!answers(['+nightly', 'miri', '--version'])) return { name, missing: 'Miri' };
  return { name, run: () => cargo('journal', ['+nightly', 'miri', 'test', '--lib', '--target-dir', 'target/miri']) };
}

// Tests of the columnar crate are built as it is: what it depends on is built once, and takes minutes.
const TESTED = { journal: ['test', '--quiet', '-j', '2'], columnar: ['test', '--quiet', '--release', '-j', '2'] };

/** `isWhole` adds what takes minutes: Miri, and the columnar crate under AddressSanitizer. */
export function crateTasks(isWhole) {
  if (!has('cargo')) return CRATES.map(crate => ({ name: `the ${crate} crate`, missing: 'cargo', isRequired: true }));
  const tasks = CRATES.map(crate => ({ name: `the ${crate} crate`, run: () => cargo(crate, TESTED[crate]) }));
  const whole = isWhole ? [underAddressSanitizer('columnar'), underMiri()] : [];
  return [...tasks, underAddressSanitizer('journal'), ...whole];
}
