import { loadAddon, type Addon } from '../../src/native/index.js';

const addon = loadAddon('prefer', reason => console.error(`the native gate is not tested: ${reason}`));

/** The gates every test of the gate runs on: the twin always, the native one where it is built. */
export const gatesUnderTest: readonly (readonly [string, Addon | undefined])[] = [
  ['twin', undefined],
  ...(addon === undefined ? [] : [['native', addon] as const]),
];
