import { randomUUID } from 'node:crypto';

import { readSecret } from '../../broker/index.js';
import { ConfigError, HeadraceError, ProtocolError, type DataValue } from '../../model/index.js';
import { callOnce, readTls, type HttpAnswer, type HttpRequest } from './http-call.js';
import { readJson, writeJson } from './json.js';
import type { RestEndpoint, SoapEndpoint, WebServicesOptions } from './options.js';
import { readSoap, soapEnvelope, soapHeaders } from './soap.js';

/** Values of a call by their names: decimals as text or Decimal, never a float. */
export type CallValues = Readonly<Record<string, DataValue>>;

/** What a call came to. */
export interface CallResult {
  readonly status: number;
  /** What the service said: of JSON its values, numbers exact; of SOAP the element of the answer, values as text; null: nothing. */
  readonly body: DataValue;
  readonly attempts: number;
  readonly idempotencyKey: string;
}

const RETRIED = new Set([429, 502, 503, 504]);
const WAIT_MS_MAX = 30_000;
const SHOWN_MAX = 200;
const PLACEHOLDER = /\{(\w+)\}/g;

/** A platform's web services: named calls, REST and SOAP, each with a time limit, retries and one idempotency key for all its attempts. */
export class PlatformWebServices {
  readonly #headers: Readonly<Record<string, string>>;
  readonly #tls: Record<string, Buffer | string>;
  readonly #closing = new AbortController();

  /** Throws ConfigError for a secret or certificate that cannot be read; `folder` is where relative files of secrets lie. */
  constructor(
    private readonly options: WebServicesOptions,
    folder: string,
  ) {
    this.#headers = { ...options.headers, ...authorization(options.auth, folder) };
    this.#tls = readTls(options.tls ?? {}, folder);
  }

  /** The names that `call` takes. */
  get endpoints(): readonly string[] {
    return Object.keys(this.options.endpoints);
  }

  /**
   * Calls an endpoint by its name in the config. An attempt without an answer, and one answered 429, 502, 503 or 504, is followed by another with the same
   * idempotency key, up to `retries`. Rejects with ConfigError (HR_CONFIG) for a name or value that is not there, EncodeError (HR_PLATFORM_VALUE), ProtocolError
   * HR_PLATFORM_STATUS, HR_PLATFORM_FAULT, HR_PLATFORM_ANSWER, and after the last attempt ConnectionError (HR_PLATFORM_HTTP) or TimeoutError
   * (HR_PLATFORM_TIMEOUT): then it is not known whether the service did what was asked, and a call with the same key asks again.
   */
  async call(
    name: string,
    values: CallValues = {},
    { idempotencyKey = randomUUID() as string }: { readonly idempotencyKey?: string } = {},
  ): Promise<CallResult> {
    const endpoint = this.options.endpoints[name];
    if (endpoint === undefined)
      throw new ConfigError('HR_CONFIG', `webServices has no endpoint ${name}; it has ${this.endpoints.join(', ')}`);
    const request = this.#request(endpoint, values, idempotencyKey);
    const { answer, attempts } = await this.#attempts(request, name);
    const body = bodyOf(endpoint, answer, name);
    return { status: answer.status, body, attempts, idempotencyKey };
  }

  /** No further attempts are made. */
  close(): void {
    this.#closing.abort();
  }

  async #attempts(request: HttpRequest, name: string): Promise<{ answer: HttpAnswer; attempts: number }> {
    const { timeoutMs, retries, responseMaxKb } = this.options;
    const limits = { timeoutMs, responseBytesMax: responseMaxKb * 1024 };
    for (let attempts = 1; ; attempts++) {
      const isLast = attempts > retries || this.#closing.signal.aborted;
      try {
        const answer = await callOnce(request, this.#tls, limits);
        if (isLast || !RETRIED.has(answer.status)) return { answer, attempts };
        await this.#wait(attempts, answer.retryAfterMs);
      } catch (error) {
        if (isLast || !(error instanceof HeadraceError)) throw withPlace(error, name, attempts);
        await this.#wait(attempts, undefined);
      }
    }
  }

  /** The doubled wait, its upper half left to chance, or what the service asks for where that is longer. */
  async #wait(attempt: number, retryAfterMs = 0): Promise<void> {
    const fullMs = Math.min(this.options.retryFirstMs * 2 ** (attempt - 1), WAIT_MS_MAX);
    const waitMs = Math.max(fullMs / 2 + (fullMs / 2) * Math.random(), Math.min(retryAfterMs, WAIT_MS_MAX));
    const { signal } = this.#closing;
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, waitMs);
      signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
    });
  }

  #request(endpoint: RestEndpoint | SoapEndpoint, values: CallValues, key: string): HttpRequest {
    const used = new Set<string>();
    const path = endpoint.path.replace(PLACEHOLDER, (_all, name: string) => {
      used.add(name);
      return segmentOf(name, values[name]);
    });
    const rest = Object.fromEntries(Object.entries(values).filter(([name]) => !used.has(name)));
    const url = new URL(this.options.baseUrl.replace(/\/$/, '') + path);
    const headers = { accept: '*/*', ...this.#headers };
    const keyed = { ...headers, [this.options.idempotencyHeader.toLowerCase()]: key };
    if (endpoint.kind === 'soap')
      return {
        method: 'POST',
        url,
        headers: { ...keyed, ...soapHeaders(endpoint) },
        body: soapEnvelope(endpoint, rest),
      };
    const { method } = endpoint;
    if (method !== 'GET' && method !== 'DELETE')
      return { method, url, headers: { ...keyed, 'content-type': 'application/json' }, body: writeJson(rest) };
    for (const [name, value] of Object.entries(rest)) url.searchParams.append(name, textOf(name, value));
    return { method, url, headers: method === 'GET' ? headers : keyed, body: undefined };
  }
}

function textOf(name: string, value: DataValue): string {
  if (value === null || value === undefined)
    throw new ConfigError('HR_CONFIG', `the call has no value ${name}, which stands in the address`);
  return value.toString();
}

/** One segment of a path: `..` would leave the folder that the address is in. */
function segmentOf(name: string, value: DataValue): string {
  const text = textOf(name, value);
  if (/^\.{0,2}$/.test(text))
    throw new ConfigError('HR_CONFIG', `the value ${name} is ${JSON.stringify(text)}, which is no segment of a path`);
  return encodeURIComponent(text);
}

function bodyOf(endpoint: RestEndpoint | SoapEndpoint, { status, body }: HttpAnswer, name: string): DataValue {
  // A Fault comes with status 500 (SOAP 1.1, section 6.2), and says more than that.
  const isSaid = endpoint.kind === 'soap' && status === 500 && body.length > 0;
  if ((status < 200 || status > 299) && !isSaid) {
    const shown = body.toString('utf8', 0, SHOWN_MAX);
    throw new ProtocolError('HR_PLATFORM_STATUS', `${name}: the service answered ${status}: ${shown}`, {
      details: { status },
      retryable: RETRIED.has(status),
    });
  }
  if (body.length === 0) return null;
  return endpoint.kind === 'soap' ? readSoap(body, name) : readJson(body, name);
}

function withPlace(error: unknown, name: string, attempts: number): unknown {
  if (error instanceof HeadraceError) error.message = `${name}: ${error.message}; ${attempts} attempts`;
  return error;
}

function authorization(auth: WebServicesOptions['auth'], folder: string): Record<string, string> {
  if (auth === undefined) return {};
  if ('bearer' in auth) return { authorization: `Bearer ${readSecret(auth.bearer, folder)}` };
  const { username, password } = auth.basic;
  return {
    authorization: `Basic ${Buffer.from(`${username}:${readSecret(password, folder)}`).toString('base64')}`,
  };
}
