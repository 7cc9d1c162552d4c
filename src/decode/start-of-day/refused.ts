import type { Refusal } from '../../codec/index.js';
import { DecodeError } from '../../model/index.js';

/** A load fails whole: the error's details are the refusal of its first bad record. */
export function refuseLoad(refusal: Refusal): DecodeError {
  return new DecodeError('HR_LOAD_REFUSED', refusal.message, { details: { ...refusal } });
}
