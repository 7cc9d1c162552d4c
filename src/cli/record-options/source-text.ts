import { isUtf8 } from 'node:buffer';

/** The text of a copybook's file: UTF-8 where its bytes are that, else Latin-1, in which every file is some text. */
export function sourceText(bytes: Buffer): string {
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
}
