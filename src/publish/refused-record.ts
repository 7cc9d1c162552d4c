import type { BrokerRecord } from '../broker/index.js';

/**
 * The dead letter of a record that a broker refuses for good. It is too large to be sent again, so it says where in which log the
 * record lies, with the size and the broker's reason, in place of the bytes.
 */
export function refusedRecord(
  { topic, log, key, value, bytes, position, timeMs }: BrokerRecord,
  reason: string,
): BrokerRecord {
  const time = new Date(timeMs).toISOString();
  const data = { time, topic, log, position, sizeBytes: Buffer.byteLength(bytes ?? value), reason };
  return { topic: 'dead-letter', log, key, value: JSON.stringify(data), position, timeMs };
}
