import type { SessionCountsView } from '../orders/index.js';
import type { Metric, Sample } from './metrics.js';
import type { GatewayView } from './view.js';

const STATES = ['disconnected', 'connected', 'logonSent', 'active', 'loggingOut'];
const MS_A_SECOND = 1_000;

type Labels = Readonly<Record<string, string>>;
type Rows = readonly (readonly [labels: Labels, value: number])[];

/** The counters of each session by one more label, or two. */
function ofCounts(view: GatewayView, rows: (counts: SessionCountsView) => Rows): Sample[] {
  return view
    .sessions()
    .flatMap(({ name: session, counts }) =>
      rows(counts).map(([labels, value]): Sample => [{ session, ...labels }, value]),
    );
}

function inAndOut(received: number, transmitted: number): Rows {
  return [
    [{ direction: 'in' }, received],
    [{ direction: 'out' }, transmitted],
  ];
}

/** What /metrics says of each FIX session. */
export const SESSION_METRICS: readonly Metric[] = [
  {
    kind: 'gauge',
    name: 'headrace_session_up',
    help: '1 while the FIX session is logged on',
    labels: ['session', 'side'],
    samples: view => view.sessions().map(({ name: session, side, isUp }) => [{ session, side }, isUp ? 1 : 0]),
  },
  {
    kind: 'gauge',
    name: 'headrace_session_state',
    help: '1 for the state that the FIX session is in, 0 for the others',
    labels: ['session', 'state'],
    samples: view =>
      view
        .sessions()
        .flatMap(({ name: session, state: held }) =>
          STATES.map((state): Sample => [{ session, state }, state === held ? 1 : 0]),
        ),
  },
  {
    kind: 'gauge',
    name: 'headrace_session_enabled',
    help: '0 while an operator has the FIX session disabled',
    labels: ['session'],
    samples: view => view.sessions().map(({ name: session, enabled }) => [{ session }, enabled ? 1 : 0]),
  },
  {
    kind: 'gauge',
    name: 'headrace_session_next_sequence',
    help: 'Next MsgSeqNum of a FIX session',
    labels: ['session', 'direction'],
    samples: view =>
      view.sessions().flatMap(({ name: session, nextInSeqNum, nextOutSeqNum }): Sample[] => [
        [{ session, direction: 'in' }, nextInSeqNum],
        [{ session, direction: 'out' }, nextOutSeqNum],
      ]),
  },
  {
    kind: 'gauge',
    name: 'headrace_session_buffered_bytes',
    help: 'Bytes that the peer has not taken yet, or that wait to be written',
    labels: ['session', 'side'],
    samples: view =>
      view.sessions().map(({ name: session, side, bufferedBytes }) => [{ session, side }, bufferedBytes]),
  },
  {
    kind: 'counter',
    name: 'headrace_session_messages_total',
    help: 'FIX messages in, and those written out, by kind; together they are messagesIn and messagesOut',
    labels: ['session', 'direction', 'kind'],
    samples: view =>
      ofCounts(view, ({ application, sessionLevel, sent, resent, gapFills }) => [
        [{ direction: 'in', kind: 'application' }, application],
        [{ direction: 'in', kind: 'session' }, sessionLevel],
        [{ direction: 'out', kind: 'new' }, sent],
        [{ direction: 'out', kind: 'resent' }, resent],
        [{ direction: 'out', kind: 'gapFill' }, gapFills],
      ]),
  },
  {
    kind: 'counter',
    name: 'headrace_session_stored_total',
    help: 'Messages numbered while the session was down, for the counterparty to ask for',
    labels: ['session'],
    samples: view => ofCounts(view, ({ stored }) => [[{}, stored]]),
  },
  {
    kind: 'counter',
    name: 'headrace_session_rejects_total',
    help: 'Reject and BusinessMessageReject',
    labels: ['session', 'direction'],
    samples: view => ofCounts(view, ({ rejectsIn, rejectsOut }) => inAndOut(rejectsIn, rejectsOut)),
  },
  {
    kind: 'counter',
    name: 'headrace_session_resend_requests_total',
    help: 'ResendRequest: out is a gap in what came, in is one in what we sent',
    labels: ['session', 'direction'],
    samples: view =>
      ofCounts(view, ({ resendRequestsIn, resendRequestsOut }) => inAndOut(resendRequestsIn, resendRequestsOut)),
  },
  {
    kind: 'counter',
    name: 'headrace_session_latency_seconds_total',
    help: 'Sum of latencies: in by SendingTime and our clock, out from numbered to written',
    labels: ['session', 'direction'],
    samples: view =>
      ofCounts(view, ({ inLatencyMs, outLatencyMs }) =>
        inAndOut(inLatencyMs / MS_A_SECOND, outLatencyMs / MS_A_SECOND),
      ),
  },
  {
    kind: 'counter',
    name: 'headrace_session_latency_samples_total',
    help: 'Messages in, writes out, that the latencies are of',
    labels: ['session', 'direction'],
    samples: view =>
      ofCounts(view, ({ inLatencySamples, outLatencySamples }) => inAndOut(inLatencySamples, outLatencySamples)),
  },
];
