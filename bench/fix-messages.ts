/** The messages of the FIX questions, made by a seed, and the file of them that the peers read. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SOH = '\x01';

function checkSum(text: string): string {
  let sum = 0;
  for (const byte of Buffer.from(text, 'latin1')) sum = (sum + byte) & 255;
  return String(sum).padStart(3, '0');
}

/** A FIX message of a body that begins with `35=`; BodyLength and CheckSum are put around it. */
export function framed(beginString: string, fields: readonly (readonly [number, string | number])[]): string {
  const body = fields.map(([tag, value]) => `${tag}=${value}${SOH}`).join('');
  const text = `8=${beginString}${SOH}9=${body.length}${SOH}${body}`;
  return `${text}10=${checkSum(text)}${SOH}`;
}

/** A linear congruential generator: the same messages for everybody who is measured. */
export function generator(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return bound => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

const SYMBOLS = ['AAPL', 'MSFT', 'VODL', 'BARC', 'SIEM', 'NOVN', 'AIRP', 'SONY'];

const padded = (value: number, width: number): string => String(value).padStart(width, '0');
/** Two decimals, the last not zero: the shortest way to write the price is the way it stands here. */
const price = (next: (bound: number) => number): string => `${100 + next(900)}.${next(10)}${1 + next(9)}`;

/** NewOrderSingle of 15 application fields and about 199 bytes. */
export function newOrderSingle(index: number, next: (bound: number) => number): string {
  return framed('FIX.4.4', [
    [35, 'D'],
    [49, 'CL1'],
    [56, 'HR'],
    [34, 100000 + index],
    [52, '20261123-09:30:00.123'],
    [11, padded(index, 8)],
    [1, `AC${padded(next(8), 4)}`],
    [21, 1],
    [18, 'M'],
    [55, SYMBOLS[next(SYMBOLS.length)] ?? ''],
    [207, 'XLON'],
    [54, 1 + next(2)],
    [60, '20261123-09:30:00.122'],
    [38, 100 + next(900)],
    [40, 2],
    [44, price(next)],
    [15, 'USD'],
    [59, 0],
    [63, '0'],
    [528, 'A'],
  ]);
}

function bookEntry(index: number, next: (bound: number) => number): readonly (readonly [number, string | number])[] {
  return [
    [279, next(3)],
    [269, next(2)],
    [278, `E${padded(index, 7)}`],
    [55, SYMBOLS[next(SYMBOLS.length)] ?? ''],
    [270, price(next)],
    [271, 100 + next(9900)],
    [273, '09:30:00.123'],
    [290, 1 + next(9)],
  ];
}

/** MarketDataIncrementalRefresh of 4 groups and about 390 bytes. */
export function marketDataIncrementalRefresh(index: number, next: (bound: number) => number): string {
  return framed('FIX.4.4', [
    [35, 'X'],
    [49, 'V1'],
    [56, 'HR'],
    [34, 100000 + index],
    [52, '20261123-09:30:00.123'],
    [262, 'MD01'],
    [268, 4],
    ...[0, 1, 2, 3].flatMap(entry => bookEntry(index * 4 + entry, next)),
  ]);
}

export type MessageKind = 'NewOrderSingle' | 'MarketDataIncrementalRefresh';

/** `count` messages of one kind, in order, as text of one byte a character. */
export function fixMessages(kind: MessageKind, count = 256, seed = 20261123): string[] {
  const next = generator(seed);
  const make = kind === 'NewOrderSingle' ? newOrderSingle : marketDataIncrementalRefresh;
  return Array.from({ length: count }, (_, index) => make(index, next));
}

/** Writes messages to a file, one a line, as the peers read them. */
export function messageFile(folder: string, messages: readonly string[]): string {
  const file = join(folder, 'messages.fix');
  writeFileSync(file, `${messages.join('\n')}\n`, 'latin1');
  return file;
}
