import { ConnectionError } from './errors.js';

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has it; stop that one or choose another port (`headrace doctor FILE` tries them all)',
  EACCES: 'this user may not; ports below 1024 need a privilege',
  EADDRNOTAVAIL: 'no network card of this machine has the address',
};

/** Why a port cannot be listened on, and what to do: HR_LISTEN. */
export function listenError(host: string, port: number, cause: NodeJS.ErrnoException): ConnectionError {
  const why = WHY[cause.code ?? ''] ?? cause.message;
  return new ConnectionError('HR_LISTEN', `${host}:${port} cannot be listened on: ${why}`, { cause });
}
