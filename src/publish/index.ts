export { readSecret, secret, type SecretReference } from './secret.js';
export { sinkOptions } from './options.js';
export { type KafkaOptions } from './kafka-options.js';
export { type WebSocketOptions } from './websocket-options.js';
