import { readSecret } from '../broker/index.js';
import { objectText } from '../codec/index.js';
import type { DataRecord, DataValue } from '../model/index.js';
import { compileMapping, type Mapping } from '../transform/index.js';
import { readJson } from './json-text.js';
import type { JsonApiOptions } from './options.js';
import { orderRecord, type SignalOrder } from './order.js';
import { ResponseForm, rejection, type Delivery } from './report.js';
import type { Signal } from './signal.js';
import { reasonOf, templateRecord, type TradingSystem } from './trading-system.js';

/** Answers that say "not now": the same request may be taken later. */
const AGAIN = new Set([408, 425, 429]);
/** Codes of connections that never were: nothing of the request can have left. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
const WORDS_MAX = 200;

/** One attempt's end: an answer, or why there is none and whether the request may have arrived. */
type Attempt =
  { readonly status: number; readonly text: string } | { readonly reason: string; readonly mayHaveArrived: boolean };

/** An HTTP address that takes orders as JSON; each attempt carries the order's ClOrdID as its idempotency key. */
export class JsonApi implements TradingSystem {
  readonly #options: JsonApiOptions;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #template: Mapping | undefined;
  readonly #response: ResponseForm;
  readonly #name: string;

  /** Reads its secrets. Throws ConfigError for one that is not there, and for a template that is none. `folder`: where relative files begin. */
  constructor(name: string, options: JsonApiOptions, folder: string) {
    this.#name = name;
    this.#options = options;
    this.#headers = { ...options.headers, ...authHeader(options, folder) };
    this.#template = options.template && compileMapping(options.template, `signals.systems.${name}.json_api.template`);
    this.#response = new ResponseForm(options.response);
  }

  async send(signal: Signal, order: SignalOrder): Promise<Delivery> {
    const record = orderRecord(order);
    let body: string;
    try {
      body = await this.#body(signal, record);
    } catch (error) {
      return { sent: 'no', reason: `its request cannot be written: ${reasonOf(error)}` };
    }
    return this.#deliver(body, order.clOrdId, record);
  }

  async #body(signal: Signal, order: DataRecord): Promise<string> {
    if (this.#template === undefined) return objectText({ ...order, signal_id: signal.id, signal_type: signal.type });
    const made = await this.#template.run(templateRecord(signal, order), { ruleId: this.#name, record: 1 }, {});
    return objectText(made.records[0]);
  }

  async #deliver(body: string, key: string, order: DataRecord): Promise<Delivery> {
    const { attempts, retryMs } = this.#options;
    let mayHaveArrived = false;
    for (let attempt = 1; ; attempt++) {
      const found = await this.#attempt(body, key);
      const isFinal = 'status' in found && !isRetried(found.status);
      if (isFinal) return this.#answered(found.status, found.text, order);
      // A server that answers 5xx may have taken it all the same.
      mayHaveArrived ||= 'status' in found ? found.status >= 500 : found.mayHaveArrived;
      const reason = 'status' in found ? answerWords(found.status, found.text) : found.reason;
      if (attempt === attempts) {
        const words = `${reason} (attempt ${attempt} of ${attempts})`;
        return mayHaveArrived ? { sent: 'unknown', reason: words } : { sent: 'no', reason: words };
      }
      await new Promise(resolve => setTimeout(resolve, retryMs * 2 ** (attempt - 1)));
    }
  }

  #answered(status: number, text: string, order: DataRecord): Delivery {
    if (status < 200 || status > 299) return { sent: 'yes', report: rejection(answerWords(status, text)) };
    return this.#response.deliveryOf({ status, body: bodyOf(text), order });
  }

  async #attempt(body: string, key: string): Promise<Attempt> {
    const { url, method, idempotencyHeader, timeoutMs, responseBytesMax } = this.#options;
    try {
      const answer = await fetch(url, {
        method,
        body,
        headers: { 'content-type': 'application/json', ...this.#headers, [idempotencyHeader]: key },
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { status: answer.status, text: await boundedText(answer, responseBytesMax) };
    } catch (error) {
      const code = (error as { cause?: { code?: string } }).cause?.code;
      return { reason: reasonOf(error), mayHaveArrived: code === undefined || !NEVER_CONNECTED.has(code) };
    }
  }
}

function isRetried(status: number): boolean {
  return AGAIN.has(status) || status >= 500;
}

function answerWords(status: number, text: string): string {
  return `HTTP ${status}${text === '' ? '' : `: ${text.slice(0, WORDS_MAX)}`}`;
}

function authHeader({ auth }: JsonApiOptions, folder: string): Record<string, string> {
  if (auth?.bearer !== undefined) return { authorization: `Bearer ${readSecret(auth.bearer, folder)}` };
  if (auth?.header !== undefined) return { [auth.header.name]: readSecret(auth.header.value, folder) };
  if (auth?.basic === undefined) return {};
  const pair = `${auth.basic.user}:${readSecret(auth.basic.password, folder)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** Reads a body up to a bound; throws where it is longer. */
async function boundedText(answer: Response, bytesMax: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    size += piece.length;
    if (size > bytesMax) throw new RangeError(`the answer has more than ${bytesMax} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** A JSON object with all its digits; any other body as its text. */
function bodyOf(text: string): DataValue {
  const record = readJson(text);
  return typeof record === 'string' ? text : record;
}
