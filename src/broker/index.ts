export {
  TOO_LARGE,
  type BrokerConnection,
  type BrokerContext,
  type BrokerDriver,
  type BrokerRecord,
} from './driver.js';
export { kafka, kafkaClient } from './kafka.js';
export { kafkaOptions, type KafkaOptions } from './kafka-options.js';
export { readSecret, secret, type SecretReference } from './secret.js';
