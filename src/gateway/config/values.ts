import { z } from 'zod';

import { Expression } from '../../expression/index.js';
import { parseDecimal } from '../../model/index.js';

/** Plain decimal text of at most `scale` decimals. YAML may write it without quotes; the digits are taken from the file. */
export function decimal(scale: number): z.ZodType<string, string | number> {
  const error = `expected a plain number with at most ${scale} decimals, such as 1000000.00`;
  return z
    .union([z.string().regex(new RegExp(`^[0-9]+(?:\\.[0-9]{1,${scale}})?$`), error), z.number().min(0, error)], {
      error,
    })
    .refine(value => typeof value === 'string' || Number.isSafeInteger(value), error)
    .transform(String)
    .refine(
      text => (parseDecimal(text, scale) ?? 2n ** 63n) < 2n ** 63n,
      'the number does not fit 64 bits at its scale',
    );
}

/** A number that may have decimals and is no money: a file's decimals come as text. */
export function fraction(range: z.ZodDefault<z.ZodNumber>): z.ZodPreprocess<z.ZodDefault<z.ZodNumber>> {
  return z.preprocess(
    value => (typeof value === 'string' && /^[0-9]*\.[0-9]+$/.test(value) ? Number(value) : value),
    range,
  );
}

export const text = (): z.ZodString => z.string().min(1);
export const port = (standard: number): z.ZodDefault<z.ZodInt> =>
  z.int().min(0).max(65_535).default(standard).describe('TCP port; 0 takes a free one.');
export const count = (standard: number, max: number): z.ZodDefault<z.ZodInt> =>
  z.int().min(1).max(max).default(standard);
export const host = (): z.ZodDefault<z.ZodString> => text().default('127.0.0.1').describe('Address to listen on.');

/** A CEL expression, compiled by the check: its own line and column stand in the message. */
export const expression = (): z.ZodString =>
  text().superRefine((source, context) => {
    try {
      new Expression(source);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
    }
  });
