import { readError } from './form-error.js';

/** A record is at most so long, whatever its form: bytes, or characters of text. */
export const RECORD_SIZE_MAX = 16 * 1024 * 1024;
/** Objects, arrays and elements lie at most so deep. */
export const FORM_DEPTH_MAX = 128;

/** Text as it comes in: UTF-8 without a byte order mark. Throws readError for bytes that are none, and for a zero byte. */
export function textOf(form: string, data: string | Uint8Array): string {
  const decoder = new TextPieces(form);
  return decoder.take(data) + decoder.end();
}

/** Decodes text that comes in pieces, which may end inside a character. */
export class TextPieces {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });
  private isFirst = true;

  constructor(private readonly form: string) {}

  take(piece: string | Uint8Array): string {
    return this.check(() => (typeof piece === 'string' ? piece : this.decoder.decode(piece, { stream: true })));
  }

  end(): string {
    return this.check(() => this.decoder.decode());
  }

  private check(decode: () => string): string {
    let text: string;
    try {
      text = decode();
    } catch {
      throw readError(
        { form: this.form, record: 0 },
        'the bytes are not UTF-8; expected UTF-8, with or without a byte order mark',
      );
    }
    if (this.isFirst && text !== '') {
      this.isFirst = false;
      if (text.startsWith('\ufeff')) text = text.slice(1);
    }
    if (text.includes('\0')) throw readError({ form: this.form, record: 0 }, 'the text has a zero byte');
    return text;
  }
}

/** Writes as pieces of at least this size go out. */
const PIECE_SIZE = 1 << 16;

/** Gathers short texts to pieces worth writing. */
export async function* gather(texts: AsyncIterable<string>): AsyncIterable<Uint8Array> {
  let held = '';
  for await (const text of texts) {
    held += text;
    if (held.length < PIECE_SIZE) continue;
    yield Buffer.from(held);
    held = '';
  }
  if (held !== '') yield Buffer.from(held);
}
