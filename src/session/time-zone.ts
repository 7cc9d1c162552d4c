const DAY_MS = 86_400_000;
/** Midnights whose offset is remembered; the oldest are forgotten. */
const OFFSETS_KEPT = 512;

const made = new Map<string, TimeZone>();

/** The wall clock of an IANA zone, by the ICU tables of the runtime. Wall times are milliseconds as if the zone were UTC. */
export class TimeZone {
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();

  /** The zone of a name, made once: the sessions of a zone share its formatter. Throws RangeError for a name that is no zone. */
  static named(name: string): TimeZone {
    const zone = made.get(name) ?? new TimeZone(name);
    made.set(name, zone);
    return zone;
  }

  private constructor(readonly name: string) {
    const numeric = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    const time = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone: name, ...numeric, ...time });
  }

  /** What the zone's clock shows at a moment; whole seconds. */
  wallMs(utcMs: number): number {
    // Always MM/DD/YYYY, HH:MM:SS: taken by position, as parts cost several times as much.
    const text = this.#format.format(utcMs);
    const part = (from: number, to: number): number => Number(text.slice(from, to));
    return Date.UTC(part(6, 10), part(0, 2) - 1, part(3, 5), part(12, 14), part(15, 17), part(18, 20));
  }

  /**
   * The first moment at which the clock shows `wallMs`; where a change passes over that time, the moment of the change. So a time that
   * comes twice counts when it comes first, and one that does not come counts as soon as the clock shows a later one.
   */
  momentOf(wallMs: number): number {
    // Midnights of UTC: asked for again by the times of the days around, and far enough away for any zone.
    const before = (Math.floor(wallMs / DAY_MS) - 1) * DAY_MS;
    const after = before + 3 * DAY_MS;
    const [offsetBefore, offsetAfter] = [this.#midnightOffsetMs(before), this.#midnightOffsetMs(after)];
    if (offsetBefore === offsetAfter) return wallMs - offsetBefore;
    const change = this.#changeBetween(before, after, offsetBefore);
    if (wallMs - offsetBefore < change) return wallMs - offsetBefore;
    return Math.max(change, wallMs - offsetAfter);
  }

  #midnightOffsetMs(utcMs: number): number {
    const known = this.#offsets.get(utcMs);
    if (known !== undefined) return known;
    const offsetMs = this.#offsetMs(utcMs);
    this.#offsets.set(utcMs, offsetMs);
    for (const oldest of this.#offsets.keys()) {
      if (this.#offsets.size <= OFFSETS_KEPT) break;
      this.#offsets.delete(oldest);
    }
    return offsetMs;
  }

  #offsetMs(utcMs: number): number {
    return this.wallMs(utcMs) - Math.floor(utcMs / 1000) * 1000;
  }

  /** The one change of the offset between two moments, to the second: zones change at whole seconds. */
  #changeBetween(from: number, to: number, offsetMs: number): number {
    let [before, after] = [Math.floor(from / 1000), Math.ceil(to / 1000)];
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (this.#offsetMs(middle * 1000) === offsetMs) before = middle;
      else after = middle;
    }
    return after * 1000;
  }
}
