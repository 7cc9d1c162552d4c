export { RingConsumer, type FrameVisitor } from './consumer.js';
export { createDoorbell, ringDoorbell, type RingNative } from './doorbell.js';
export { listenDoorbell, type DoorbellListener, type OnRing } from './doorbell-listener.js';
export { readRingFill, type RingFill } from './fill.js';
export { createRing } from './layout.js';
export { RingProducer } from './producer.js';
