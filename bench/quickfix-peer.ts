/** QuickFIX C++ as Debian ships it: the codec and the relay of the FIX questions. */
import { join } from 'node:path';

import type { Missing, Rated } from './harness.js';
import { orMissing } from './harness.js';
import { messageFile } from './fix-messages.js';
import { nativePeer, peersFolder, workFolder } from './install.js';
import { processPeer } from './process-peer.js';

export const QUICKFIX = 'QuickFIX C++ 1.15.1';

const VERSION = '1.15.1+dfsg-4+b1';

export const quickfixDictionary = join(peersFolder, 'quickfix', 'FIX44-bench.xml');

/** Compiles a driver of `bench/peers/quickfix`; its headers use exception specifications, which C++17 took away. */
export function quickfixProgram(source: string): string {
  return nativePeer({
    source: `quickfix/${source}`,
    flags: ['-std=c++14', '-w', '-lquickfix'],
    debian: { header: 'quickfix/Message.h', packages: [`libquickfix-dev=${VERSION}`, `libquickfix17=${VERSION}`] },
  });
}

/** QuickFIX in one mode over these messages; `dictionary` also reads groups, and validates where the mode is `validate`. */
export function quickfixCodec(
  mode: 'decode' | 'validate' | 'encode',
  messages: readonly string[],
): Promise<Rated | Missing> {
  const how = { decode: 'no dictionary', validate: 'dictionary, validate', encode: 'setField and toString' }[mode];
  const name = `${QUICKFIX}, ${how}`;
  return orMissing(name, () => {
    const file = messageFile(workFolder(`quickfix-${mode}`), messages);
    const dictionary = mode === 'validate' ? [quickfixDictionary] : [];
    return processPeer({ name, unit: 'messages/s', command: [quickfixProgram('codec.cc'), mode, file, ...dictionary] });
  });
}
