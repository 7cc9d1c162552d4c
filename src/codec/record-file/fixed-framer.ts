import { frameFixed, type Framing } from '../record/index.js';
import { NO_FAULT, type Framer, type Stretch } from './framer.js';

/** Records of one length, one after the other; blocks of them leave no trace in a file. */
export class FixedFramer implements Framer {
  readonly fault = NO_FAULT;

  constructor(readonly reach: number) {}

  find(framing: Framing, { bytes, from, to }: Stretch): void {
    framing.bytes = bytes;
    frameFixed(framing, this.reach, from, to);
  }
}
