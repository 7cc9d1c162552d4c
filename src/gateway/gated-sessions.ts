import { writeFields, type ComposeMessage, type MessageField } from '../platforms/index.js';
import { ConnectionError } from '../model/index.js';
import { loadAddon, type NativeMode } from '../native/index.js';
import type { SessionSettings } from '../session/index.js';
import {
  FixEngine,
  systemNowNs,
  type Address,
  type EngineSession,
  type FixApplication,
  type SessionOptions,
  type TlsOptions,
} from '../trading/index.js';
import { orderFields, readOrder, type OrderToSend, type Refused, type SendOrderResult } from './order-to-send.js';
import type { ProgramGate } from './program-gate.js';

/** A session of a program of one's own: how it is opened, and what its messages go through on their way out. */
export interface GatedSession {
  readonly name: string;
  readonly settings: SessionSettings;
  /** Of an initiator: where it connects, in turn. */
  readonly hosts: readonly Address[];
  /** Of an acceptor: where it listens. */
  readonly accept?: Address | undefined;
  readonly tls?: TlsOptions | undefined;
  readonly reconnectSeconds: number;
  /** Opens its store, when the sessions start. */
  options(): SessionOptions;
  /** What becomes of a body before it is sent, or why it is not. */
  readonly compose?: ComposeMessage | undefined;
  /** An initiator's attempt failed, or its connection ended; another follows. */
  readonly onWait?: ((reason: string) => void) | undefined;
}

interface GatedOptions {
  readonly application: FixApplication;
  readonly gate: ProgramGate;
  readonly native: NativeMode;
}

/** AllocationInstruction, AllocationReportAck, ConfirmationAck. */
export type AllocationType = 'J' | 'AT' | 'AU';

/** What is sent beside orders. */
export type SendResult = { readonly status: 'SENT'; readonly msgSeqNum: number } | Refused;

/** Sessions of the library whose orders pass one gate: there is no other way from here to their sockets. */
export class GatedSessions {
  readonly #engine: FixEngine;
  readonly #gate: ProgramGate;
  #isStarted = false;

  constructor(
    private readonly given: readonly GatedSession[],
    { application, gate, native }: GatedOptions,
  ) {
    this.#gate = gate;
    this.#engine = new FixEngine({ application, native: loadAddon(native) });
  }

  get sessions(): readonly EngineSession[] {
    return this.#engine.sessions;
  }

  /** Opens stores, ports and connections. Rejects with what cannot be had: a store that another process has, a port. */
  async start(): Promise<void> {
    if (this.#isStarted) return;
    this.#isStarted = true;
    try {
      for (const session of this.given) this.#add(session);
      const ports = new Map(
        this.given.flatMap(({ accept, tls }) => (accept ? [[`${accept.host} ${accept.port}`, { accept, tls }]] : [])),
      );
      for (const { accept, tls } of ports.values()) await this.#engine.listen({ ...accept, ...(tls && { tls }) });
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** As FIXProtocolHandler.sendOrder; `further` are fields beside those of the order, for sessions that compose. */
  async sendOrder(order: OrderToSend, further: readonly MessageField[] = []): Promise<SendOrderResult> {
    const session = this.#sessionFor(order.session);
    const read = readOrder(order, session.name);
    if ('status' in read) return read;
    const nowNs = systemNowNs();
    const body = this.#composed(session, 'D', [
      ...orderFields(read, order, session.session.settings, nowNs),
      ...further,
    ]);
    if ('status' in body) return body;
    const refusal = this.#gate.judge(read, nowNs);
    if (refusal !== undefined) return { status: 'REFUSED', ...refusal };
    return { status: 'SENT', clientOrderId: order.clientOrderId, msgSeqNum: this.#send(session, 'D', body) };
  }

  /** Sends a message about an allocation: it orders nothing, so it passes the session's rules and not the gate. Nothing else goes this way. */
  async sendAllocation(msgType: AllocationType, fields: readonly MessageField[]): Promise<SendResult> {
    const session = this.#sessionFor(undefined);
    const body = this.#composed(session, msgType, fields);
    return 'status' in body ? body : { status: 'SENT', msgSeqNum: this.#send(session, msgType, body) };
  }

  /** Logs every session out and closes all. */
  async close(): Promise<void> {
    await this.#engine.close();
  }

  #composed(
    session: EngineSession,
    msgType: string,
    fields: readonly MessageField[],
  ): readonly MessageField[] | Refused {
    const compose = this.given.find(({ name }) => name === session.name)?.compose;
    const composed = compose?.(msgType, fields) ?? fields;
    return 'rule' in composed ? { status: 'REFUSED', ...composed } : composed;
  }

  #send(session: EngineSession, msgType: string, fields: readonly MessageField[]): number {
    const layout = session.session.transportDictionary.message(msgType);
    const msgSeqNum = session.send(msgType, encoder => writeFields(encoder, fields, layout));
    if (msgSeqNum === 0) throw noSession(`${session.name} did not take the message`);
    return msgSeqNum;
  }

  #add({ settings, hosts, tls, reconnectSeconds, options, onWait }: GatedSession): void {
    const given = options();
    const waitMs = reconnectSeconds * 1000;
    if (settings.role === 'acceptor') this.#engine.addAcceptor(settings, given);
    else
      this.#engine.addInitiator(settings, {
        ...given,
        hosts,
        backoff: { firstMs: Math.min(waitMs, 1_000), maxMs: waitMs },
        ...(tls && { tls }),
        ...(onWait && { onWait }),
      });
  }

  #sessionFor(name: string | undefined): EngineSession {
    const active = this.sessions.filter(({ session }) => session.state === 'active');
    const [first, second] = name === undefined ? active : active.filter(session => session.name === name);
    if (first !== undefined && second === undefined) return first;
    const known = this.given.map(session => session.name).join(', ');
    if (name !== undefined) throw noSession(`${name} is not logged on; the settings have ${known}`);
    throw noSession(
      first === undefined ? `none is logged on of ${known}` : `name one: several are logged on of ${known}`,
    );
  }
}

function noSession(reason: string): ConnectionError {
  return new ConnectionError('HR_NO_FIX_SESSION', reason, { retryable: true });
}
