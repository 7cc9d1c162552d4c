import type { Addon } from '../../native/index.js';
import { TwinDecoder, type Decoder, type DecoderOptions } from './decoder.js';
import { NativeDecoder } from './native-decoder.js';

/** A decoder of records to rows: native where the addon is given, else the twin. Both write the same bytes. */
export function createDecoder(options: DecoderOptions & { readonly native: Addon | undefined }): Decoder {
  return options.native === undefined ? new TwinDecoder(options) : new NativeDecoder(options, options.native);
}
