import type { StatusName } from '../../model/index.js';

/** Lines of JSON among bytes, and their numbers in the text they come from. */
export interface LineBatch {
  readonly bytes: Uint8Array;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly numbers: readonly number[];
  /** Of lines that were taken out of families: each line's place in its own. */
  readonly members?: readonly FamilyMember[] | undefined;
}

/** A record's place in the family that a line holds. */
export interface FamilyMember {
  readonly kind: number;
  /** 0 for the record of the line, one more for each record around. */
  readonly depth: number;
  /** The record with all that it holds. */
  readonly whole: Uint8Array;
  /** Why what it holds cannot be taken out of it. */
  readonly fault?: { readonly code: StatusName; readonly field: string; readonly value: string } | undefined;
}

/** One line of a batch. */
export interface Line {
  readonly text: Uint8Array;
  readonly number: number;
  readonly member?: FamilyMember | undefined;
}

/** A batch of lines that come from several places; all of them out of families, or none. */
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
    members: lines.flatMap(({ member }) => member ?? []),
  };
}

/** The lines of a batch, each by itself. */
export function splitLines({ bytes, starts, ends, numbers, members }: LineBatch): Line[] {
  return numbers.map((number, index) => ({
    text: bytes.subarray(starts[index], ends[index]),
    number,
    member: members?.[index],
  }));
}
