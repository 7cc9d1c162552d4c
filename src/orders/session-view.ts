import type { LaneSession } from './lane-session.js';
import type { SessionCountsView } from './session-counts.js';

/** How one session stands, as page, metrics and `headrace fix` show it. */
export interface SessionView {
  readonly name: string;
  readonly side: 'client' | 'venue';
  /** `active` is logged on; else how far it is: `disconnected`, … */
  readonly state: string;
  readonly isUp: boolean;
  /** False: an operator disabled it, and nobody logs on. */
  readonly enabled: boolean;
  readonly nextInSeqNum: number;
  readonly nextOutSeqNum: number;
  /** Messages since the start. */
  readonly received: number;
  readonly transmitted: number;
  readonly counts: SessionCountsView;
  /** Bytes that wait to be taken by the peer, or to be written. */
  readonly bufferedBytes: number;
  /** Address of the peer; empty while there is no connection. */
  readonly remote: string;
  /** HeartBtInt in force; of a session that is down the one it would offer. */
  readonly heartBtIntSec: number;
}

export function sessionView(of: LaneSession): SessionView {
  const { session, transport } = of;
  const { role, heartBtIntSeconds } = session.settings;
  return {
    name: of.name,
    side: role === 'initiator' ? 'venue' : 'client',
    state: session.state,
    isUp: of.isActive,
    enabled: of.isEnabled,
    nextInSeqNum: session.nextInSeqNum,
    nextOutSeqNum: session.nextOutSeqNum,
    received: of.received,
    transmitted: of.transmitted,
    counts: of.counts.view(),
    bufferedBytes: of.bufferedBytes,
    remote: transport?.remote ?? '',
    heartBtIntSec: of.isActive ? session.heartBtIntMs / 1000 : heartBtIntSeconds,
  };
}
