import { ConfigError } from '../../model/index.js';
import { loadColumnar, type ColumnarCrate } from '../../native/index.js';

/** Whether files of columns can be written and read here. */
export function hasColumnarCrate(): boolean {
  return loadColumnar() !== undefined;
}

/** The crate; ConfigError `HR_NATIVE_MISSING` where it is not built. */
export function columnarCrate(): ColumnarCrate {
  let reason = '';
  const crate = loadColumnar(missing => (reason = missing));
  if (crate !== undefined) return crate;
  const remedy = 'install Rust (rustup.rs) and run `npm run build`';
  throw new ConfigError('HR_NATIVE_MISSING', `Parquet and Arrow need the columnar crate: ${reason}; ${remedy}`);
}
