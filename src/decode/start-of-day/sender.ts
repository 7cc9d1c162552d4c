import { FRAME_TYPE, LOAD_BEGIN, LOAD_END, TimeoutError } from '../../model/index.js';
import { ringDoorbell, RingProducer } from '../../ring/index.js';
import type { NativeMode } from '../../native/index.js';
import type { FileLoad, RowBlock } from './load-rows.js';

const ROOM_WAIT_MS = 50;
const FRAMES_A_PUBLISH = 256;

export interface LoadTarget {
  readonly ring: SharedArrayBuffer;
  readonly doorbell: SharedArrayBuffer | undefined;
  readonly native: NativeMode;
  readonly planId: number;
  /** The lane must take something within this time, or the load fails. */
  readonly stallMs: number;
}

/** Pushes the load's frames through the ring: LOAD_BEGIN, the positions, the limits, LOAD_END. Waits while the ring is full. */
export class LoadSender {
  private readonly producer: RingProducer;
  private unpublished = 0;

  constructor(private readonly target: LoadTarget) {
    this.producer = new RingProducer(target.ring);
  }

  send(load: FileLoad): void {
    this.push(FRAME_TYPE.loadBegin, beginRow(load, this.target.planId));
    this.pushBlock(FRAME_TYPE.position, load.positions);
    this.pushBlock(FRAME_TYPE.limit, load.limits);
    this.push(FRAME_TYPE.loadEnd, endRow(load));
    this.publish();
  }

  private pushBlock(type: number, block: RowBlock): void {
    for (let index = 0; index < block.count; index++) this.push(type, block.row(index));
  }

  private push(type: number, row: Uint8Array): void {
    const { producer, target } = this;
    let at = producer.tryClaim(type, 0, target.planId, row.length);
    for (let waitedMs = 0; at < 0; at = producer.tryClaim(type, 0, target.planId, row.length)) {
      this.publish();
      if (producer.waitForRoom(ROOM_WAIT_MS)) waitedMs = 0;
      else if ((waitedMs += ROOM_WAIT_MS) >= target.stallMs)
        throw new TimeoutError('HR_LOAD_STALLED', `the lane took no load frame for ${target.stallMs} ms`);
    }
    producer.bytes.set(row, at);
    if (++this.unpublished >= FRAMES_A_PUBLISH) this.publish();
  }

  private publish(): void {
    this.producer.publish();
    this.unpublished = 0;
    if (this.target.doorbell !== undefined) ringDoorbell(this.target.doorbell, this.target.native);
  }
}

function beginRow(load: FileLoad, planId: number): Uint8Array {
  const row = new Uint8Array(LOAD_BEGIN.sizeBytes);
  const view = new DataView(row.buffer);
  row.set(load.fileHash, LOAD_BEGIN.offset.fileHash);
  view.setUint32(LOAD_BEGIN.offset.businessDate, load.businessDate, true);
  view.setUint32(LOAD_BEGIN.offset.planId, planId, true);
  view.setBigUint64(LOAD_BEGIN.offset.fileSequence, load.fileSequence, true);
  return row;
}

function endRow(load: FileLoad): Uint8Array {
  const row = new Uint8Array(LOAD_END.sizeBytes);
  const view = new DataView(row.buffer);
  view.setBigUint64(LOAD_END.offset.positionCount, BigInt(load.positions.count), true);
  view.setBigUint64(LOAD_END.offset.limitCount, BigInt(load.limits.count), true);
  setInt128(view, LOAD_END.offset.quantityTotal, load.quantityTotal);
  setInt128(view, LOAD_END.offset.grossNotionalTotal, load.grossNotionalTotal);
  return row;
}

function setInt128(view: DataView, offset: number, value: bigint): void {
  view.setBigInt64(offset, BigInt.asIntN(64, value), true);
  view.setBigInt64(offset + 8, value >> 64n, true);
}
