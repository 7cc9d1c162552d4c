import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

import { SESSION_METRICS } from './session-metrics.js';
import type { GatewayView, ReaderView } from './view.js';

export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

export interface Metric {
  readonly kind: 'counter' | 'gauge';
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  samples(view: GatewayView): readonly Sample[];
}

const NS_A_SECOND = 1e9;

function readerSamples(view: GatewayView, value: (reader: ReaderView) => number): Sample[] {
  return view.readers().map(reader => [{ sink: reader.sink, log: reader.log }, value(reader)]);
}

function readerMetric(
  kind: 'counter' | 'gauge',
  name: string,
  help: string,
  value: (reader: ReaderView) => number,
): Metric {
  const samples = (view: GatewayView) => readerSamples(view, value);
  return { kind, name: `headrace_reader_${name}`, help, labels: ['sink', 'log'], samples };
}

const HIDDEN_EVENTS = /^(accepted|refused|rule\..*)$/;

const ORDERS: readonly Metric[] = [
  {
    kind: 'counter',
    name: 'headrace_orders_total',
    help: 'Orders, cancels and replaces judged by the gate',
    labels: ['verdict'],
    samples: view => {
      const { accepted = 0, refused = 0 } = view.counters();
      return [
        [{ verdict: 'accepted' }, accepted],
        [{ verdict: 'refused' }, refused],
      ];
    },
  },
  {
    kind: 'counter',
    name: 'headrace_refusals_total',
    help: 'Refusals by rule; an order that broke two counts under both',
    labels: ['rule'],
    samples: view => Object.entries(view.refusals()).map(([rule, value]) => [{ rule }, value]),
  },
  {
    kind: 'gauge',
    name: 'headrace_lane_events',
    help: 'Counters and gauges of the order lane by name',
    labels: ['event'],
    samples: view => {
      const events = Object.entries(view.counters()).filter(([event]) => !HIDDEN_EVENTS.test(event));
      return events.map(([event, value]) => [{ event }, value]);
    },
  },
];

const STAGES: readonly Metric[] = [
  {
    kind: 'gauge',
    name: 'headrace_stage_latency_seconds',
    help: 'Time in a stage since the start: quantiles, and the maximum as quantile 1',
    labels: ['stage', 'quantile'],
    samples: view =>
      Object.entries(view.stages()).flatMap(([stage, { p50Ns, p90Ns, p99Ns, p999Ns, maxNs }]) =>
        Object.entries({ 0.5: p50Ns, 0.9: p90Ns, 0.99: p99Ns, 0.999: p999Ns, 1: maxNs }).map(
          ([quantile, ns]): Sample => [{ stage, quantile }, ns / NS_A_SECOND],
        ),
      ),
  },
  {
    kind: 'counter',
    name: 'headrace_stage_seconds_total',
    help: 'Time spent in a stage',
    labels: ['stage'],
    samples: view => Object.entries(view.stages()).map(([stage, { sumNs }]) => [{ stage }, sumNs / NS_A_SECOND]),
  },
  {
    kind: 'counter',
    name: 'headrace_stage_passes_total',
    help: 'Messages that passed a stage',
    labels: ['stage'],
    samples: view => Object.entries(view.stages()).map(([stage, { count }]) => [{ stage }, count]),
  },
];

const TRANSFORMS: readonly Metric[] = [
  {
    kind: 'counter',
    name: 'headrace_transform_records_total',
    help: 'Records that came to the steps of transform, and that came out',
    labels: ['source', 'direction'],
    samples: view =>
      view.transforms().flatMap(({ source, in: came, out }): Sample[] => [
        [{ source, direction: 'in' }, came],
        [{ source, direction: 'out' }, out],
      ]),
  },
  {
    kind: 'counter',
    name: 'headrace_transform_refused_total',
    help: 'Records that a step of transform refused; of step "record" those that are no JSON object',
    labels: ['source', 'step'],
    samples: view =>
      view
        .transforms()
        .flatMap(({ source, refused }) =>
          Object.entries(refused).map(([step, value]): Sample => [{ source, step }, value]),
        ),
  },
  {
    kind: 'counter',
    name: 'headrace_transform_dead_letters_total',
    help: 'Refused records that are dead letters; of inject() the caller has them',
    labels: ['source'],
    samples: view => view.transforms().map(({ source, deadLettered }) => [{ source }, deadLettered]),
  },
  {
    kind: 'counter',
    name: 'headrace_transform_seconds_total',
    help: 'Time spent in the steps of transform',
    labels: ['source'],
    samples: view => view.transforms().map(({ source, seconds }) => [{ source }, seconds]),
  },
];

const READERS: readonly Metric[] = [
  readerMetric('gauge', 'lag_frames', 'Frames committed and not yet acknowledged by the sink', reader => reader.lag),
  readerMetric('gauge', 'position', 'Next position the sink has to acknowledge', reader => reader.position),
  readerMetric('counter', 'published_total', 'Records acknowledged by the sink', reader => reader.published),
  readerMetric('counter', 'retries_total', 'Sends that failed and were tried again', reader => reader.retries),
  readerMetric(
    'counter',
    'dropped_total',
    'Frames that retention took before they were sent',
    reader => reader.dropped,
  ),
  readerMetric(
    'counter',
    'dead_letters_total',
    'Records the broker refuses for their size',
    reader => reader.deadLettered,
  ),
  readerMetric(
    'counter',
    'rewound_total',
    'Frames sent that the log then lost with the power',
    reader => reader.rewound,
  ),
  readerMetric('gauge', 'failing', '1 while the last send failed', reader => (reader.failing ? 1 : 0)),
];

const JOURNAL: readonly Metric[] = [
  {
    kind: 'gauge',
    name: 'headrace_journal_sequence',
    help: 'Last sequence of a log that is committed, and that is synced to the disk',
    labels: ['log', 'state'],
    samples: view =>
      view.logs().flatMap(({ name: log, committedSequence, syncedSequence }): Sample[] => [
        [{ log, state: 'committed' }, committedSequence],
        [{ log, state: 'synced' }, syncedSequence],
      ]),
  },
  {
    kind: 'gauge',
    name: 'headrace_ring_fill_ratio',
    help: 'Used part of a ring',
    labels: ['ring'],
    samples: view => view.rings().map(ring => [{ ring: ring.name }, ring.usedBytes / ring.sizeBytes]),
  },
];

const READINESS: readonly Metric[] = [
  {
    kind: 'gauge',
    name: 'headrace_ready',
    help: '1 when clients may connect',
    labels: [],
    samples: view => [[{}, view.ready().ok ? 1 : 0]],
  },
];

/** Names of the WebSocket server's values that go down as well as up. */
const WEBSOCKET_GAUGES = ['clients', 'subscriptions'];

function webSocketMetrics(view: GatewayView): Metric[] {
  return Object.keys(view.websocket()).map(name => {
    const isGauge = WEBSOCKET_GAUGES.includes(name);
    return {
      kind: isGauge ? 'gauge' : 'counter',
      name: `headrace_websocket_${name}${isGauge ? '' : '_total'}`,
      help: `WebSocket data server: ${name} (docs/websocket.md)`,
      labels: [],
      samples: now => [[{}, now.websocket()[name] ?? 0]],
    };
  });
}

function register(registry: Registry, view: GatewayView, metric: Metric): void {
  const { name, help, labels } = metric;
  const settings = { name, help, labelNames: [...labels], registers: [registry] };
  // The values are counted elsewhere, in shared memory: a scrape takes them over whole.
  if (metric.kind === 'gauge') {
    const gauge = new Gauge({
      ...settings,
      collect: () => metric.samples(view).forEach(([labelled, value]) => gauge.set(labelled, value)),
    });
    return;
  }
  const counter = new Counter({
    ...settings,
    collect: () => {
      counter.reset();
      metric.samples(view).forEach(([labelled, value]) => counter.inc(labelled, value));
    },
  });
}

/** The registry of one gateway: two in one process do not mix. */
export function createMetrics(view: GatewayView): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metrics = [
    ...ORDERS,
    ...STAGES,
    ...TRANSFORMS,
    ...READERS,
    ...JOURNAL,
    ...SESSION_METRICS,
    ...READINESS,
    ...webSocketMetrics(view),
  ];
  for (const metric of metrics) register(registry, view, metric);
  return registry;
}
