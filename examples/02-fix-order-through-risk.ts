/** Reads FIX orders out of received bytes and judges each against limits: an acceptance, or a refusal in words. */
import {
  createGate,
  DECISION_SIZE,
  FixBatch,
  FixEncoder,
  limitCommands,
  loadAddon,
  NameTable,
  refusalText,
} from 'headrace';

const native = loadAddon('prefer');
const names = { accounts: new NameTable({ capacity: 16 }), symbols: new NameTable({ capacity: 16 }) };
const gate = createGate({
  addon: native,
  accounts: 16,
  symbols: 16,
  sessions: 1,
  pairs: 64,
  clOrdIds: 1000,
  duplicateWindow: { orders: 0, timeMs: 0 },
});

// Limits are commands: the lane journals them before it applies them, so that replay judges alike.
const limits = {
  firm: { maxNotional: '1000000.00' },
  accounts: { DESK01: { maxQuantity: '50000' } },
  symbols: { VOD: {} },
};
const indexOf = {
  account: (name: string) => names.accounts.internText(name),
  symbol: (name: string) => names.symbols.internText(name),
  session: () => 0,
};
for (const command of limitCommands(limits, indexOf)) gate.apply(command, 0, command.length);

function order(clOrdID: string, quantity: bigint, price: bigint): Buffer {
  const encoder = new FixEncoder().begin('FIX.4.4', 'D').field(49, 'CLIENT').field(56, 'HEADRACE').field(34, 1);
  encoder.timestampField(52, 1_795_426_200_000_000_000n, 3).field(11, clOrdID).field(1, 'DESK01').field(55, 'VOD');
  encoder.field(54, 1).timestampField(60, 1_795_426_200_000_000_000n, 3);
  encoder
    .decimalField(38, quantity * 100_000_000n)
    .field(40, 2)
    .decimalField(44, price * 100_000_000n);
  return Buffer.from(encoder.finish());
}

const received = Buffer.concat([order('A1', 1000n, 45n), order('A2', 60000n, 10n), order('A3', 40000n, 30n)]);
const batch = new FixBatch(native, { names });
const decision = new Uint8Array(DECISION_SIZE);
const count = batch.scan(received, 0, received.length);
gate.clock(1_795_426_200_000_000_000n);
for (let index = 0; index < count; index++) {
  const status = gate.check(batch.rows, batch.rowOffset(index), decision, 0);
  const verdict = status === 0 ? 'accepted' : `refused, ${refusalText(decision, 0)}`;
  console.log(`${batch.select(index).textOf(11)}: ${verdict}`);
}
