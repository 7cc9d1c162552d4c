import type { ServerResponse } from 'node:http';

import type { GatewayView } from './view.js';

const INTERVAL_MS = 1_000;
/** A browser that does not read so many bytes is cut: it may come again. */
const BUFFER_BYTES_MAX = 1_048_576;
const PAGES_MAX = 32;

/** One picture of the gateway: what the page draws, as JSON text. */
export function pictureOf(view: GatewayView, nowMs: number): string {
  const { instance, version } = view;
  const orders = view.lastOrders().map(order => `{"position":${order.position},"order":${order.data}}`);
  const head = JSON.stringify({
    nowMs,
    instance,
    version,
    ready: view.ready(),
    businessDate: view.businessDate(),
    counters: view.counters(),
    refusals: view.refusals(),
    stages: view.stages(),
    sessions: view.sessions(),
    readers: view.readers(),
    logs: view.logs(),
    rings: view.rings(),
    websocket: view.websocket(),
    halts: view.halts(),
  });
  return `${head.slice(0, -1)},"orders":[${orders.join(',')}]}`;
}

/** Open pages, each fed by server-sent events; while there is none nothing is counted or drawn. */
export class LivePages {
  readonly #view: GatewayView;
  readonly #pages = new Set<ServerResponse>();
  #timer: NodeJS.Timeout | undefined;

  constructor(view: GatewayView) {
    this.#view = view;
  }

  /** Takes the response over for good; false when there are too many pages. */
  add(page: ServerResponse): boolean {
    if (this.#pages.size >= PAGES_MAX) return false;
    page.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    page.on('close', () => this.#remove(page));
    this.#pages.add(page);
    page.write(this.#event());
    this.#timer ??= setInterval(() => this.#send(), INTERVAL_MS);
    return true;
  }

  close(): void {
    for (const page of this.#pages) page.end();
    clearInterval(this.#timer);
  }

  #event(): string {
    return `data: ${pictureOf(this.#view, Date.now())}\n\n`;
  }

  #send(): void {
    const event = this.#event();
    for (const page of this.#pages) {
      if (page.writableLength > BUFFER_BYTES_MAX) page.destroy();
      else page.write(event);
    }
  }

  #remove(page: ServerResponse): void {
    this.#pages.delete(page);
    if (this.#pages.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
