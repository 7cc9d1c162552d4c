/** Lines of JSON among bytes, and their numbers in the text they come from. */
export interface LineBatch {
  readonly bytes: Uint8Array;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly numbers: readonly number[];
}

/** One line of a batch. */
export interface Line {
  readonly text: Uint8Array;
  readonly number: number;
}

/** A batch of lines that come from several places. */
export function joinLines(lines: readonly Line[]): LineBatch {
  const starts: number[] = [];
  const ends: number[] = [];
  let size = 0;
  for (const { text } of lines) {
    starts.push(size);
    ends.push((size += text.length));
  }
  return {
    bytes: Buffer.concat(lines.map(({ text }) => text)),
    starts,
    ends,
    numbers: lines.map(({ number }) => number),
  };
}

/** The lines of a batch, each by itself. */
export function splitLines({ bytes, starts, ends, numbers }: LineBatch): Line[] {
  return numbers.map((number, index) => ({ text: bytes.subarray(starts[index], ends[index]), number }));
}
