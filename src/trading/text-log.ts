import { mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

import { utcTimestampText } from '../codec/index.js';
import type { SessionSettings } from '../session/index.js';

type Kind = 'messages' | 'event';

export interface TextLogOptions {
  /** Made when it is not there. */
  readonly folder: string;
  /** A file that has come to so many bytes becomes a backup; 64 MiB unless told. */
  readonly rotateBytes?: number;
  /** Backups kept of each file, the newest; 8 unless told. */
  readonly backups?: number;
  /** Lines that wait for the disk, of both files; beyond it the new ones are lost, and counted. 16 MiB unless told. */
  readonly bufferedBytesMax?: number;
  /** The disk takes nothing (with why), or takes lines again (with how many were lost). */
  onFault?(reason: string): void;
}

const DEFAULTS = { rotateBytes: 64 << 20, backups: 8, bufferedBytesMax: 16 << 20, onFault: () => {} };
const RETRY_MS = 1_000;
const NANOSECONDS = 9;
const LINE_FEED = Buffer.from('\n');

/** `FIX.4.4-DESK-CLIENT`, as QuickFIX begins the names of a session's files; a slash becomes %2F. */
function filePrefix({ beginString, senderCompID, targetCompID }: Named): string {
  return [beginString, senderCompID, targetCompID].join('-').replaceAll(/[/\0]/g, encodeURIComponent);
}

type Named = Pick<SessionSettings, 'beginString' | 'senderCompID' | 'targetCompID'>;

/** One file of a log: lines wait in memory, one write is under way at a time. */
class TextFile {
  #pieces: Buffer[] = [];
  #writing: Promise<void> | undefined;
  #handle: FileHandle | undefined;
  #sizeBytes = 0;
  #isRetrying = false;
  #lost = 0;
  waitingBytes = 0;

  constructor(
    private readonly prefix: string,
    private readonly kind: Kind,
    private readonly options: Required<TextLogOptions>,
  ) {}

  /** Copies the bytes: they are views of buffers that are used again. */
  add(timeNs: bigint, bytes: Uint8Array): void {
    const time = Buffer.from(`${utcTimestampText(timeNs, NANOSECONDS)} : `);
    const size = time.length + bytes.length + LINE_FEED.length;
    if (this.waitingBytes + size > this.options.bufferedBytesMax) {
      this.#lost++;
      return;
    }
    this.waitingBytes += size;
    this.#pieces.push(Buffer.concat([time, bytes, LINE_FEED]));
    if (!this.#isRetrying) this.#writing ??= Promise.resolve().then(() => this.#write());
  }

  async close(): Promise<void> {
    await this.#writing;
    if (this.#isRetrying) await this.#write().catch(() => {});
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #write(): Promise<void> {
    try {
      while (this.#pieces.length > 0) await this.#writeAll();
      this.#isRetrying = false;
    } catch (error) {
      this.#failed(error as Error);
    } finally {
      this.#writing = undefined;
    }
  }

  async #writeAll(): Promise<void> {
    const bytes = Buffer.concat(this.#pieces);
    const count = this.#pieces.length;
    this.#handle ??= await this.#open();
    let written = 0;
    try {
      while (written < bytes.length) written += (await this.#handle.write(bytes, written)).bytesWritten;
    } finally {
      // What a full disk took of the last line is not written again.
      this.#pieces.splice(0, count, ...(written < bytes.length ? [bytes.subarray(written)] : []));
      this.waitingBytes -= written;
      this.#sizeBytes += written;
    }
    this.#tellRecovered();
    if (this.#sizeBytes >= this.options.rotateBytes) await this.#rotate();
  }

  #tellRecovered(): void {
    const lost = this.#lost;
    if (!this.#isRetrying && lost === 0) return;
    this.#isRetrying = false;
    this.#lost = 0;
    this.options.onFault(`${this.#path('current')} is written again; ${lost} lines were lost`);
  }

  async #open(): Promise<FileHandle> {
    await mkdir(this.options.folder, { recursive: true });
    const handle = await open(this.#path('current'), 'a');
    this.#sizeBytes = (await handle.stat()).size;
    return handle;
  }

  /** As FileLog::backup numbers them: the next free number is the newest. */
  async #rotate(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
    const [head, tail] = [`${this.prefix}.${this.kind}.backup.`, '.log'];
    const names = (await readdir(this.options.folder)).filter(name => name.startsWith(head) && name.endsWith(tail));
    const numbers = names.map(name => Number(name.slice(head.length, -tail.length))).filter(Number.isInteger);
    const next = Math.max(0, ...numbers) + 1;
    await rename(this.#path('current'), this.#path(`backup.${next}`));
    const old = numbers.filter(number => number <= next - this.options.backups);
    await Promise.all(old.map(number => rm(this.#path(`backup.${number}`), { force: true })));
  }

  #path(part: string): string {
    return join(this.options.folder, `${this.prefix}.${this.kind}.${part}.log`);
  }

  #failed(error: Error): void {
    void this.#handle?.close().catch(() => {});
    this.#handle = undefined;
    if (!this.#isRetrying) this.options.onFault(`${this.#path('current')} cannot be written: ${error.message}`);
    this.#isRetrying = true;
    setTimeout(() => (this.#writing ??= this.#write()), RETRY_MS).unref();
  }
}

/**
 * A session's text log in the form of QuickFIX's FileLog: `FIX.4.4-DESK-CLIENT.messages.current.log` and `.event.current.log`, each line
 * `20260102-10:00:00.123456789 : ` and a message as it came or went, or an event's words. Writing waits for nobody and throws nothing.
 */
export class TextLog {
  readonly #messages: TextFile;
  readonly #events: TextFile;

  constructor(session: Named, options: TextLogOptions) {
    const prefix = filePrefix(session);
    const whole = { ...DEFAULTS, ...options };
    this.#messages = new TextFile(prefix, 'messages', whole);
    this.#events = new TextFile(prefix, 'event', whole);
  }

  /** A message, in or out: the lines do not say which, as QuickFIX's do not. `timeNs`: UTC. */
  message(timeNs: bigint, bytes: Uint8Array): void {
    this.#messages.add(timeNs, bytes);
  }

  event(timeNs: bigint, text: string): void {
    this.#events.add(timeNs, Buffer.from(text));
  }

  /** Resolves when what the disk takes is written. */
  async close(): Promise<void> {
    await Promise.all([this.#messages.close(), this.#events.close()]);
  }
}
