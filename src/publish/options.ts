import { kafkaOptions } from '../broker/index.js';
import { websocketOptions } from './websocket-options.js';

/** The options of each sink by its name in the config; a sink that is not in the config is not opened. */
export const sinkOptions = { kafka: kafkaOptions.optional(), websocket: websocketOptions.optional() };
