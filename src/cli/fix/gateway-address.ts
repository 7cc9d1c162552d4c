import { readFileSync } from 'node:fs';
import type { Command } from 'commander';

import { ConfigError, ConnectionError, HeadraceError } from '../../model/index.js';

/** Where the gateway answers and with whose token: the flags of every command that asks one. */
export interface GatewayFlags {
  readonly url?: string;
  readonly config?: string;
  readonly tokenFile?: string;
  readonly json?: boolean;
}

const STANDARD_URL = 'http://127.0.0.1:8080';
const TOKEN = 'HEADRACE_TOKEN';
const TIMEOUT_MS = 15_000;

/** A refusal by the gateway; the command ends with 1. */
export class RefusedError extends HeadraceError {}

export function addGatewayFlags(command: Command): Command {
  return command
    .option('--url <url>', `address of the gateway's page (else that of --config, else ${STANDARD_URL})`)
    .option('--config <file>', "the gateway's configuration, for its address")
    .option('--token-file <file>', `file that holds the token (else the environment variable ${TOKEN})`)
    .option('--json', 'the answer as JSON');
}

/** A gateway's own code is loaded only where its configuration is to be read: that takes a second. */
async function addressOf({ url, config }: GatewayFlags): Promise<string> {
  if (url !== undefined) return url.replace(/\/+$/, '');
  if (config === undefined) return STANDARD_URL;
  const { loadConfig } = await import('../../gateway/index.js');
  const { host, port } = loadConfig(config).page;
  if (port === 0)
    throw new ConfigError(
      'HR_CONFIG',
      `${config}: page.port is 0, so its port is known to the gateway alone; give --url`,
    );
  const to = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${to.includes(':') ? `[${to}]` : to}:${port}`;
}

function tokenOf({ tokenFile }: GatewayFlags): string {
  if (tokenFile === undefined) return process.env[TOKEN] ?? '';
  try {
    return readFileSync(tokenFile, 'utf8').trim();
  } catch (cause) {
    throw new ConfigError('HR_CONFIG_SECRET', `${tokenFile} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Asks a running gateway: GET without a body, POST with one. Throws ConnectionError when none answers, RefusedError with the gateway's own code
 * and words when it refuses.
 */
export async function askGateway(flags: GatewayFlags, path: string, body?: object): Promise<unknown> {
  const address = await addressOf(flags);
  const token = tokenOf(flags);
  let response: Response;
  try {
    response = await fetch(`${address}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(token !== '' && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (cause) {
    const why = ((cause as Error).cause as Error | undefined)?.message || (cause as Error).message;
    throw new ConnectionError(
      'HR_NO_GATEWAY',
      `no gateway answers at ${address}: ${why}; is it running, and is --url or --config that of its page?`,
      { cause },
    );
  }
  const answer = (await response.json().catch(() => ({}))) as { code?: string; detail?: string; message?: string };
  if (response.ok) return answer;
  const words = answer.detail ?? answer.message ?? `HTTP status ${response.status}: is this the page of a gateway?`;
  throw new RefusedError((answer.code ?? 'HR_HTTP') as `HR_${string}`, words);
}
