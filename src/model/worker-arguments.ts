/** Options that say how modules are found: an embedder's rules and codecs may need them in a worker too. Each has a value. */
const MODULE_OPTIONS = /^(--import|--require|-r|--loader|--experimental-loader|--conditions|-C)(=|$)/;

/**
 * `execArgv` for a worker whose program is a file. Workers inherit the process's options, and `--input-type` (of `node --input-type=module --eval`)
 * refuses such a program: then only those that say how modules are found are passed on. V8's options hold for every thread anyway.
 */
export function workerExecArgv(own: readonly string[] = process.execArgv): string[] | undefined {
  if (!own.some(option => /^--input-type(=|$)/.test(option))) return undefined;
  const passed: string[] = [];
  own.forEach((option, index) => {
    if (!MODULE_OPTIONS.test(option)) return;
    passed.push(option);
    if (!option.includes('=')) passed.push(own[index + 1] ?? '');
  });
  return passed;
}
