const FINAL_TEXT = 0x81;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

function headSize(payloadSize: number): number {
  return payloadSize < LENGTH_16 ? 2 : payloadSize < 0x10000 ? 4 : 10;
}

function writeHead(bytes: Buffer, offset: number, payloadSize: number): number {
  bytes[offset] = FINAL_TEXT;
  if (payloadSize < LENGTH_16) {
    bytes[offset + 1] = payloadSize;
    return offset + 2;
  }
  if (payloadSize < 0x10000) {
    bytes[offset + 1] = LENGTH_16;
    return bytes.writeUInt16BE(payloadSize, offset + 2);
  }
  bytes[offset + 1] = LENGTH_64;
  return bytes.writeBigUInt64BE(BigInt(payloadSize), offset + 2);
}

/** Text messages as the bytes of unmasked, final WebSocket frames (RFC 6455, 5.2) behind each other: built once for all clients. */
export function textFrames(texts: readonly string[]): Buffer {
  const sizes = texts.map(text => Buffer.byteLength(text));
  const bytes = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + headSize(size) + size, 0));
  let offset = 0;
  texts.forEach((text, index) => {
    const size = sizes[index] as number;
    offset = writeHead(bytes, offset, size);
    offset += bytes.write(text, offset, size);
  });
  return bytes;
}
