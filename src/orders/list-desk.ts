import { FixBatch, FixEncoder, type FieldLayout, type FixMessage } from '../codec/index.js';
import { copyField } from '../session/index.js';
import { VersionedBody } from './application-version.js';
import type { LaneContext } from './lane-context.js';
import type { LaneSession } from './lane-session.js';
import { HEADER_AND_TRAILER } from './reports.js';

const TAG = {
  clOrdId: 11,
  handlInst: 21,
  transactTime: 60,
  seqNum: 34,
  listId: 66,
  orders: 73,
  total: 68,
  bidType: 394,
  execInst: 433,
  contingency: 1385,
};
/** Fields of a list, and of an order in one, that an order by itself has not: what they say is done by sending it. */
const OF_LISTS: ReadonlySet<number> = new Set([66, 67, 68, 69, 105, 390, 391, 394, 433]);
/** Orders of one list: a message of a session has at most 512 fields, the ListStatus that answers it too. */
const LIST_ORDERS_MAX = 50;
/** HandlInst (21): automated, no intervention. */
const AUTOMATED = '1';
const NO_BIDDING = '3';
const IMMEDIATE = '1';
/** ListStatusType (429): an acknowledgement. ListOrderStatus (431): executing, or rejected. */
const STATUS = { acknowledged: '1', executing: '3', rejected: '7' };

interface ListedOrder {
  readonly clOrdId: string;
  readonly accepted: boolean;
}

/**
 * NewOrderLists (E): each order goes through the gate and to the venue as a NewOrderSingle, and is answered by itself; a ListStatus (N) then says
 * of each whether it is under way. What a list asks for beyond that (bidding, waiting for ListExecute, contingencies, parts of a list) refuses it
 * whole, by name.
 */
export class ListDesk {
  readonly #context: LaneContext;
  readonly #take: (client: LaneSession, order: FixMessage) => boolean;
  readonly #encoder = new FixEncoder();
  readonly #batch = new FixBatch(undefined);

  /** `take` judges an order and sends it on; false when it was refused. */
  constructor(context: LaneContext, take: (client: LaneSession, order: FixMessage) => boolean) {
    this.#context = context;
    this.#take = take;
  }

  handle(client: LaneSession, message: FixMessage): void {
    const listLayout = client.version.layout('E');
    const entries = entriesOf(message, listLayout);
    const fault = listFault(message, entries, listLayout, client.version.layout('D'));
    const orders = entries.map(entry => {
      const at = message.find(TAG.clOrdId, entry.from);
      const clOrdId = at < 0 ? '' : message.text(at);
      return { clOrdId, accepted: fault === undefined && this.#take(client, this.#single(client, message, entry)) };
    });
    const write = (body: VersionedBody): void => this.#status(body, message, { client, orders, fault });
    client.tell('N', write, this.#context.nowNs);
  }

  /** One order of the list as the message that it would have been by itself. */
  #single(client: LaneSession, message: FixMessage, { from, to }: Entry): FixMessage {
    const encoder = this.#encoder.begin(message.beginString, 'D').field(TAG.seqNum, message.textOf(TAG.seqNum) ?? '0');
    for (let index = from; index < to;) {
      const tag = message.tagAt(index);
      index = OF_LISTS.has(tag) || HEADER_AND_TRAILER.has(tag) ? index + 1 : copyField(encoder, message, index);
    }
    const isMissing = (tag: number): boolean => {
      const at = message.find(tag, from);
      return client.version.layout('D')?.required.includes(tag) === true && (at < 0 || at >= to);
    };
    // Of an order in a list the versions ask for less.
    if (isMissing(TAG.handlInst)) encoder.field(TAG.handlInst, AUTOMATED);
    if (isMissing(TAG.transactTime)) encoder.timestampField(TAG.transactTime, this.#context.nowNs, 3);
    const bytes = encoder.finish();
    this.#batch.scan(bytes, 0, bytes.length);
    return this.#batch.select(0);
  }

  #status(
    body: VersionedBody,
    message: FixMessage,
    { client, orders, fault }: { client: LaneSession; orders: readonly ListedOrder[]; fault: string | undefined },
  ): void {
    const count = String(orders.length);
    body
      .field(TAG.listId, message.textOf(TAG.listId) ?? '')
      .field(82, '1')
      .field(83, '1')
      .field(429, STATUS.acknowledged);
    body.field(431, fault === undefined ? STATUS.executing : STATUS.rejected).field(TAG.total, count);
    if (fault !== undefined) body.field(444, fault);
    body.time(this.#context.nowNs).field(TAG.orders, count);
    const group = client.version.layout('N')?.groups.get(TAG.orders);
    if (group === undefined) return;
    for (const { clOrdId, accepted } of orders) {
      const entry = new VersionedBody(body.encoder, client.version, group);
      entry
        .field(TAG.clOrdId, clOrdId)
        .field(14, '0')
        .field(39, accepted ? 'A' : '8');
      entry.field(151, '0').field(84, '0').field(6, '0');
      if (fault !== undefined) entry.field(58, fault);
    }
  }
}

/** The fields of one order of a list. */
interface Entry {
  readonly from: number;
  readonly to: number;
}

/** Before 4.2 a list comes as one message an order; from then on as a group of orders. */
function entriesOf(message: FixMessage, layout: FieldLayout | undefined): readonly Entry[] {
  const group = layout?.groups.get(TAG.orders);
  const counter = message.find(TAG.orders);
  if (group === undefined || counter < 0) return [{ from: 3, to: message.fieldCount }];
  const starts: number[] = [];
  for (let index = counter + 1; index < message.fieldCount; index++)
    if (message.tagAt(index) === group.delimiter) starts.push(index);
  let end = message.fieldCount;
  while (end > 0 && HEADER_AND_TRAILER.has(message.tagAt(end - 1))) end--;
  return starts.map((from, index) => ({ from, to: starts[index + 1] ?? end }));
}

/** Why a list is refused whole, or undefined. */
function listFault(
  message: FixMessage,
  entries: readonly Entry[],
  list: FieldLayout | undefined,
  single: FieldLayout | undefined,
): string | undefined {
  if (!list?.groups.has(TAG.orders)) return undefined;
  if (entries.length > LIST_ORDERS_MAX) return `a list of ${entries.length} orders, where ${LIST_ORDERS_MAX} have room`;
  const total = message.integerOf(TAG.total);
  if (total !== entries.length)
    return `TotNoOrders (68) is ${total} of which ${entries.length} came: a list comes whole`;
  if (message.textOf(TAG.bidType) !== NO_BIDDING) return 'BidType (394): only 3, no bidding process, is served';
  if ((message.textOf(TAG.execInst) ?? IMMEDIATE) !== IMMEDIATE)
    return 'ListExecInstType (433): only 1, immediate, is served';
  if (message.has(TAG.contingency)) return 'ContingencyType (1385): orders that hang on each other are not served';
  const foreign = fieldsBetween(message, entries).find(tag => !OF_LISTS.has(tag) && !isOfSingle(tag, single));
  return foreign === undefined ? undefined : `field ${foreign} of an order is of lists only and is not served`;
}

function fieldsBetween(message: FixMessage, entries: readonly Entry[]): number[] {
  return entries.flatMap(({ from, to }) =>
    Array.from({ length: to - from }, (_, index) => message.tagAt(from + index)),
  );
}

/** Whether an order by itself may have the field: at its top, or in one of its groups. */
function isOfSingle(tag: number, layout: FieldLayout | undefined): boolean {
  if (layout === undefined) return false;
  return layout.members.has(tag) || tag >= 5_000 || [...layout.groups.values()].some(group => isOfSingle(tag, group));
}
