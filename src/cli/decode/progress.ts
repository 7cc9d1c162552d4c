const INTERVAL_MS = 200;
const BAR_WIDTH = 24;
const MIB = 1024 * 1024;

/** A progress bar on standard error: where that is no terminal, nothing. `totalBytes` 0 is not known (a pipe). */
export class Progress {
  private readonly startMs = Date.now();
  private shownMs = 0;

  constructor(
    private readonly totalBytes: number,
    private readonly stream: NodeJS.WriteStream | undefined,
  ) {}

  show(bytes: number, records: number): void {
    const now = Date.now();
    if (this.stream === undefined || now - this.shownMs < INTERVAL_MS) return;
    this.shownMs = now;
    this.stream.write(`\r${this.line(bytes, records, (now - this.startMs) / 1000)}\x1b[K`);
  }

  clear(): void {
    if (this.shownMs > 0) this.stream?.write('\r\x1b[K');
  }

  private line(bytes: number, records: number, seconds: number): string {
    const rate = `${records} records, ${(bytes / MIB / Math.max(seconds, 0.001)).toFixed(1)} MiB/s`;
    if (this.totalBytes === 0) return rate;
    const share = Math.min(1, bytes / this.totalBytes);
    const filled = Math.round(share * BAR_WIDTH);
    const left = share > 0 ? Math.ceil((seconds / share) * (1 - share)) : 0;
    return `[${'#'.repeat(filled)}${' '.repeat(BAR_WIDTH - filled)}] ${(share * 100).toFixed(0)} %, ${rate}, ${left} s left`;
  }
}
