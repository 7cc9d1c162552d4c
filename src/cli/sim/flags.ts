import { InvalidArgumentError } from 'commander';

import { ConfigError, DECIMAL_SCALE, parseDecimal } from '../../model/index.js';
import type { Address } from '../../trading/index.js';

/** `host:port`. Throws ConfigError (HR_CONFIG_TARGET). */
export function addressOf(text: string): Address {
  const match = /^(.+):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) throw new ConfigError('HR_CONFIG_TARGET', `"${text}" is not host:port`);
  return { host: match[1] ?? '', port };
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('It must be a whole number.');
  return value;
}

export function percent(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 100)) throw new InvalidArgumentError('It must be 0 to 100.');
  return value;
}

/** `ACME=100.00,IBM=187.25`: prices at 10^-8. */
export function symbolPrices(text: string): ReadonlyMap<string, bigint> {
  const pairs = text.split(',').map((pair): [string, bigint] => {
    const [symbol = '', price = ''] = pair.split('=');
    const value = parseDecimal(price, DECIMAL_SCALE);
    if (symbol === '' || value === undefined || value <= 0n)
      throw new InvalidArgumentError(`${pair} is not SYMBOL=PRICE.`);
    return [symbol, value];
  });
  return new Map(pairs);
}
