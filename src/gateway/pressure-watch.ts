import type { GatewayView } from '../dashboard/index.js';

const INTERVAL_MS = 250;
/** A reader that is so many frames behind is worth telling of. */
const LAG_FRAMES = 100_000;

/** Something cannot keep up. `where` is `reader:kafka.ledger`, `journal`, `feed` or `websocket`. */
export interface Pressure {
  readonly where: string;
  readonly detail: string;
}

/** Looks at the gateway's own numbers four times a second and tells of each place once when it begins to lag. */
export class PressureWatch {
  readonly #view: GatewayView;
  readonly #tell: (pressure: Pressure) => void;
  readonly #timer: NodeJS.Timeout;
  #told = new Set<string>();
  #conflated = 0;
  #slowdowns = 0;

  constructor(view: GatewayView, tell: (pressure: Pressure) => void) {
    this.#view = view;
    this.#tell = tell;
    this.#timer = setInterval(() => this.#look(), INTERVAL_MS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const found = this.#find();
    for (const pressure of found) if (!this.#told.has(pressure.where)) this.#tell(pressure);
    this.#told = new Set(found.map(pressure => pressure.where));
  }

  #find(): Pressure[] {
    const lagging = this.#view.readers().filter(reader => reader.lag >= LAG_FRAMES || reader.failing);
    const found = lagging.map(({ sink, log, lag }) => ({
      where: `reader:${sink}.${log}`,
      detail: `${lag} frames behind`,
    }));
    const state = this.#view.logs().find(log => log.state !== 'ok');
    if (state !== undefined) found.push({ where: 'journal', detail: `${state.name} is in state ${state.state}` });
    return [...found, ...this.#grown()];
  }

  #grown(): Pressure[] {
    const conflated = this.#view.counters()['feed.pricesConflated'] ?? 0;
    const slowdowns = this.#view.websocket()['slowdowns'] ?? 0;
    const found: Pressure[] = [];
    if (conflated > this.#conflated) found.push({ where: 'feed', detail: `${conflated} prices conflated` });
    if (slowdowns > this.#slowdowns) found.push({ where: 'websocket', detail: `${slowdowns} slowdowns of clients` });
    this.#conflated = conflated;
    this.#slowdowns = slowdowns;
    return found;
  }
}
