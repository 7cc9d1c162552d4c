import { takeOverNumbers } from '../orders/index.js';
import type { SessionState } from '../session/index.js';
import type { GatewayConfig } from './config/index.js';
import { laneOptions } from './lane-options.js';
import { createMemory } from './memory.js';

/** Writes into a configuration's ledger the numbers that one of its sessions goes on with. Throws what `takeOverNumbers` throws. */
export function takeOverSession(config: GatewayConfig, session: string, state: SessionState): void {
  takeOverNumbers(laneOptions(config, createMemory(config).lane, {}), session, state);
}
