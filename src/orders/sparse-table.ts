/** Tables of fixed size are mostly zeros; a snapshot holds only the pages that are not. */
const PAGE_SIZE = 4_096;
const HEAD_SIZE = 16;

/**
 * A table without its zero pages: u64 size of the table, u32 count of kept pages, u32 0, their u32 indices (padded to 8 bytes), then the
 * pages; the last may be short.
 */
export function packTable(table: Uint8Array): Uint8Array {
  const pages = keptPages(table);
  const indexSize = (pages.length * 4 + 7) & ~7;
  const dataSize = pages.reduce((sum, page) => sum + Math.min(PAGE_SIZE, table.length - page * PAGE_SIZE), 0);
  const packed = new Uint8Array(HEAD_SIZE + indexSize + dataSize);
  const view = new DataView(packed.buffer);
  view.setBigUint64(0, BigInt(table.length), true);
  view.setUint32(8, pages.length, true);
  let at = HEAD_SIZE + indexSize;
  pages.forEach((page, index) => {
    view.setUint32(HEAD_SIZE + index * 4, page, true);
    const bytes = table.subarray(page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
    packed.set(bytes, at);
    at += bytes.length;
  });
  return packed;
}

function keptPages(table: Uint8Array): number[] {
  const pages: number[] = [];
  const zeros = Buffer.alloc(PAGE_SIZE);
  for (let at = 0; at < table.length; at += PAGE_SIZE) {
    const size = Math.min(PAGE_SIZE, table.length - at);
    const page = Buffer.from(table.buffer, table.byteOffset + at, size);
    if (page.compare(zeros, 0, size) !== 0) pages.push(at / PAGE_SIZE);
  }
  return pages;
}

/** The table again, byte for byte. */
export function unpackTable(packed: Uint8Array): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const table = new Uint8Array(Number(view.getBigUint64(0, true)));
  const count = view.getUint32(8, true);
  let at = HEAD_SIZE + ((count * 4 + 7) & ~7);
  for (let index = 0; index < count; index++) {
    const start = view.getUint32(HEAD_SIZE + index * 4, true) * PAGE_SIZE;
    const size = Math.min(PAGE_SIZE, table.length - start);
    table.set(packed.subarray(at, at + size), start);
    at += size;
  }
  return table;
}
