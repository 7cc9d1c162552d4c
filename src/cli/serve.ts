import type { Gateway } from '../gateway/index.js';
import type { HeadraceError } from '../model/index.js';
import { EXIT_SOFTWARE, exitCodeOf } from './program.js';

/** What runs beside a started gateway and is closed before it. */
export interface Alongside {
  close(): Promise<void>;
}

/** Starts a gateway and waits until Ctrl-C, SIGTERM or its failure; a second signal ends the process at once. SIGHUP reads certificates again. */
export async function serve(
  gateway: Gateway,
  drainMs: number,
  alongside: () => Promise<Alongside | undefined> = () => Promise.resolve(undefined),
): Promise<void> {
  await gateway.start();
  const other = await alongside();
  const reload = (): void => gateway.reloadCertificates();
  process.on('SIGHUP', reload);
  const failure = await ended(gateway);
  process.off('SIGHUP', reload);
  await other?.close();
  await gateway.close({ drainMs });
  if (failure === undefined) return;
  process.stderr.write(`headrace: ${failure.code}: ${failure.message}\n`);
  process.exitCode = exitCodeOf(failure);
}

function ended(gateway: Gateway): Promise<HeadraceError | undefined> {
  return new Promise(resolve => {
    gateway.once('closed', resolve);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        resolve(undefined);
        process.once(signal, () => process.exit(EXIT_SOFTWARE));
      });
    }
  });
}
