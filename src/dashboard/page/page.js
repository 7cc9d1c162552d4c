// The page: one picture a second comes in by server-sent events, and is written into the document as text, never as HTML.
import { drawSessions } from './sessions.js';

const HISTORY_SECONDS = 120;

const RATES = [
  { name: 'accepted', title: 'orders accepted' },
  { name: 'refused', title: 'orders refused' },
  { name: 'executions', title: 'executions' },
  { name: 'messagesIn', title: 'FIX messages in' },
  { name: 'messagesOut', title: 'FIX messages out' },
];

const QUANTILES = ['p50Ns', 'p90Ns', 'p99Ns', 'p999Ns', 'maxNs'];

const byId = id => document.getElementById(id);
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const micros = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** A cell is text, or { text, kind } where kind is a class: number, good or bad. */
function cellOf(tag, cell) {
  const element = document.createElement(tag);
  const { text, kind } = typeof cell === 'object' && cell !== null ? cell : { text: cell, kind: '' };
  element.textContent = text ?? '';
  if (kind) element.className = kind;
  return element;
}

function rowOf(tag, cells) {
  const row = document.createElement('tr');
  row.append(...cells.map(cell => cellOf(tag, cell)));
  return row;
}

function drawTable(id, head, rows) {
  const none = rowOf('td', [{ text: 'none', kind: 'empty' }]);
  byId(id).replaceChildren(rowOf('th', head), ...(rows.length > 0 ? rows.map(cells => rowOf('td', cells)) : [none]));
}

const number = value => ({ text: whole.format(value), kind: 'number' });
const numberHead = text => ({ text, kind: 'number' });

/** One card a rate: the last second's number over a plot of the last two minutes. */
class RateCard {
  constructor({ name, title }) {
    this.name = name;
    this.history = [];
    const card = document.createElement('div');
    card.className = 'card';
    this.value = cellOf('b', '–');
    this.value.id = `rate-${name}`;
    this.canvas = document.createElement('canvas');
    card.append(cellOf('span', title), this.value, this.canvas);
    byId('rates').append(card);
  }

  add(perSecond) {
    this.history.push(perSecond);
    if (this.history.length > HISTORY_SECONDS) this.history.shift();
    this.value.textContent = whole.format(perSecond);
    this.plot();
  }

  plot() {
    const { canvas, history } = this;
    const scale = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth * scale, canvas.clientHeight * scale];
    [canvas.width, canvas.height] = [width, height];
    const pen = canvas.getContext('2d');
    const top = Math.max(1, ...history);
    const step = width / (HISTORY_SECONDS - 1);
    pen.strokeStyle = getComputedStyle(canvas).getPropertyValue('--accent');
    pen.lineWidth = 1.5 * scale;
    pen.beginPath();
    history.forEach((value, index) => {
      const x = width - (history.length - 1 - index) * step;
      pen.lineTo(x, height - 2 - (value / top) * (height - 4));
    });
    pen.stroke();
  }
}

const cards = RATES.map(rate => new RateCard(rate));
let last;

function drawRates(picture) {
  const seconds = last === undefined ? 0 : (picture.nowMs - last.nowMs) / 1000;
  if (seconds > 0)
    for (const card of cards) {
      const difference = (picture.counters[card.name] ?? 0) - (last.counters[card.name] ?? 0);
      card.add(Math.max(0, difference) / seconds);
    }
  last = picture;
}

/** 20261123 as ` · business date 2026-11-23`; nothing for 0, before the first start-of-day load. */
function dateText(date) {
  return date === 0 ? '' : ` · business date ${String(date).replace(/(..)(..)$/, '-$1-$2')}`;
}

function drawHead({ instance, version, businessDate, ready, nowMs, halts }) {
  byId('instance').textContent = `${instance} · ${version}${dateText(businessDate)}`;
  const badge = byId('ready');
  badge.textContent = ready.ok ? 'ready' : 'not ready';
  badge.className = `badge ${ready.ok ? 'good' : 'bad'}`;
  byId('clock').textContent = new Date(nowMs).toISOString().slice(0, 19).replace('T', ' ');
  drawList('reasons', ready.reasons);
  drawList(
    'halts',
    halts.map(halt => `halted: ${halt.scope} ${halt.id} – ${halt.reason} (${halt.time})`),
  );
}

function drawList(id, texts) {
  byId(id).hidden = texts.length === 0;
  byId(id).replaceChildren(...texts.map(text => cellOf('li', text)));
}

function drawStages(stages) {
  const head = ['stage', ...['p50', 'p90', 'p99', 'p99.9', 'max', 'passes'].map(numberHead)];
  const rows = Object.entries(stages).map(([stage, summary]) => [
    stage,
    ...QUANTILES.map(name => ({ text: micros.format(summary[name] / 1000), kind: 'number' })),
    number(summary.count),
  ]);
  drawTable('stages', head, rows);
}

function drawRefusals(refusals) {
  const broken = Object.entries(refusals).filter(([, count]) => count > 0);
  broken.sort((a, b) => b[1] - a[1]);
  drawTable(
    'refusals',
    ['rule', numberHead('orders')],
    broken.map(([rule, count]) => [rule, number(count)]),
  );
}

function drawReaders(readers) {
  drawTable(
    'readers',
    ['sink', 'log', numberHead('lag'), numberHead('position'), numberHead('sent'), numberHead('retries'), 'state'],
    readers.map(reader => [
      reader.sink,
      reader.log,
      number(reader.lag),
      number(reader.position),
      number(reader.published),
      number(reader.retries),
      { text: reader.failing ? 'away' : 'ok', kind: reader.failing ? 'bad' : 'good' },
    ]),
  );
}

function drawLogs(logs, rings) {
  drawTable(
    'logs',
    ['name', numberHead('committed'), numberHead('synced'), 'state'],
    [
      ...logs.map(log => [
        log.name,
        number(log.committedSequence),
        number(log.syncedSequence),
        { text: log.state, kind: log.state === 'ok' ? 'good' : 'bad' },
      ]),
      ...rings.map(ring => [
        `ring ${ring.name}`,
        number(ring.usedBytes),
        number(ring.sizeBytes),
        `${whole.format((100 * ring.usedBytes) / ring.sizeBytes)} % full`,
      ]),
    ],
  );
}

function drawOrders(orders) {
  const head = ['position', 'time', 'verdict', 'account', 'symbol', 'side', 'quantity', 'price', 'ClOrdID', 'text'];
  const sides = { 1: 'buy', 2: 'sell', 5: 'sell short' };
  drawTable(
    'orders',
    head,
    orders.map(({ position, order }) => [
      number(position),
      order.time.slice(11, 23),
      { text: order.verdict, kind: order.verdict === 'accepted' ? 'good' : 'bad' },
      order.account,
      order.symbol,
      sides[order.side] ?? order.side,
      { text: order.quantity, kind: 'number' },
      { text: order.price ?? '', kind: 'number' },
      order.clOrdId,
      order.text ?? '',
    ]),
  );
}

function draw(picture) {
  drawHead(picture);
  drawRates(picture);
  drawStages(picture.stages);
  drawRefusals(picture.refusals);
  drawSessions(picture.sessions);
  drawReaders(picture.readers);
  drawLogs(picture.logs, picture.rings);
  drawTable(
    'websocket',
    ['', numberHead('')],
    Object.entries(picture.websocket).map(([name, value]) => [name, number(value)]),
  );
  drawOrders(picture.orders);
}

const events = new EventSource('live');
events.onmessage = event => draw(JSON.parse(event.data));
events.onerror = () => {
  const badge = byId('ready');
  badge.textContent = 'no connection';
  badge.className = 'badge bad';
};
