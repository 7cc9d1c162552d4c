import type { Addon } from '../../src/native/index.js';

/** The gates every test of the gate runs on. */
export const gatesUnderTest: readonly (readonly [string, Addon | undefined])[] = [['twin', undefined]];
