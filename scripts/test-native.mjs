// `npm run test:native`: the C++ and Rust under sanitizers, without Node and inside it. Each part counts as one test; one that this machine
// cannot run is named and skipped, and where it needs no more than a compiler of the usual set-up it fails under CI=true.
// `npm test` runs it without the long parts: Miri, and the addon inside Node.
import { addonTasks } from './native-addon.mjs';
import { cppTasks } from './native-cpp.mjs';
import { crateTasks } from './native-crate.mjs';
import { setup } from './setup.mjs';

const AT_ONCE = 2;

export async function testNative({ isWhole }) {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  const tasks = [...(await cppTasks()), ...crateTasks(isWhole), ...(isWhole ? addonTasks() : [])];
  const work = async () => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
      const { name, missing, isRequired, run } = task;
      const start = Date.now();
      const failure = missing ? `${missing} is not here` : await run();
      const isSkipped = missing !== undefined && !(isRequired && process.env.CI === 'true');
      const result = isSkipped ? 'skipped' : failure === undefined ? 'passed' : 'failed';
      totals[result]++;
      const seconds = `${Math.round((Date.now() - start) / 1000)} s`;
      const said = isSkipped ? `# SKIP ${failure}` : failure === undefined ? `# ${seconds}` : `\n${failure}`;
      console.log(`${result === 'failed' ? 'not ok' : 'ok'} - native: ${name} ${said}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return totals;
}

if (process.argv[1] === import.meta.filename) {
  await setup();
  const { passed, failed, skipped } = await testNative({ isWhole: true });
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exit(failed > 0 ? 1 : 0);
}
