import type { Fuzz } from '../support/fuzz.js';
import { fuzz as config } from './config.fuzz.js';
import { fuzz as copybookGrammar } from './copybook-grammar.fuzz.js';
import { fuzz as copybook } from './copybook.fuzz.js';
import { fuzz as fixCodec } from './fix-codec.fuzz.js';
import { fuzz as fixEncode } from './fix-encode.fuzz.js';
import { fuzz as gate } from './gate.fuzz.js';
import { fuzz as recordEncode } from './record-encode.fuzz.js';
import { fuzz as recordEncodeNative } from './record-encode-native.fuzz.js';
import { fuzz as session } from './session.fuzz.js';

/** Every fuzz. The last five hold native and twin together and need the addon. */
export const fuzzes: readonly Fuzz[] = [
  config,
  copybookGrammar,
  session,
  recordEncode,
  recordEncodeNative,
  copybook,
  fixCodec,
  fixEncode,
  gate,
];
