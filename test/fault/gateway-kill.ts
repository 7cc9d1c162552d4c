import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

import { Findings, randomOf, type CampaignOptions, type CampaignReport } from '../support/campaign.js';
import { lastingPort } from '../support/free-port.js';
import { temporaryFolder } from '../support/journal.js';
import { Counterparties, type CounterpartyReport } from './counterparties.js';
import { foldedDifferences } from './folded-orders.js';
import { ACCOUNTS, GatewayChild, SYMBOLS } from './gateway-child.js';
import { checkLedger } from './ledger-check.js';

export interface GatewayKillOptions extends CampaignOptions {
  readonly durability?: 'os' | 'group';
  readonly resendOrdersWithinMs?: number;
  /** What is ended at random moments: the gateway under load, the gateway while it starts too, or its connections. */
  readonly victim?: 'gateway' | 'recovery' | 'connections';
  readonly ordersPerSecond?: number;
}

const UP_MS_MAX = 60_000;
/** The client's answers have stopped when none came for so long. */
const SETTLE_MS_MAX = 20_000;
/** On a slow machine a gateway killed each second never catches up with its client: it rests so often. */
const ROUNDS_WITHOUT_REST = 10;
/** Longest time under load before a kill. */
const LOAD_MS = 400;
/** A kill while it starts comes within this time of its start. */
const STARTING_MS = 600;
const PYTHON = spawnSync('python3', ['--version']).status === 0;

/** One gateway between venue.py's two sides, and what became of it. */
class KillRun {
  readonly found = new Findings();
  kills = 0;
  readonly #where: string;
  readonly #random: (below: number) => number;

  constructor(
    readonly options: GatewayKillOptions,
    readonly gateway: GatewayChild,
    readonly others: Counterparties,
  ) {
    this.#where = `seed ${options.seed}, ${options.native}`;
    this.#random = randomOf(options.seed);
  }

  /** Ends what is to be ended, again and again, under load. False when the gateway did not come up or ended by itself. */
  async rounds(): Promise<boolean> {
    this.gateway.start();
    for (let round = 0; round < this.options.rounds; round++) {
      if (!(await this.#isUp(round))) return false;
      if (round % ROUNDS_WITHOUT_REST === 0) await this.#rest(round);
      await sleep(this.#random(LOAD_MS));
      await this.#strike();
    }
    return this.#isUp(this.options.rounds);
  }

  async #rest(round: number): Promise<void> {
    const { client } = await this.settle();
    const { unansweredCount } = client;
    this.found.expect(unansweredCount === 0, `round ${round}, ${this.#where}: ${unansweredCount} unanswered at rest`);
    await this.others.start(this.options.ordersPerSecond ?? 600);
  }

  async #strike(): Promise<void> {
    if (this.options.victim === 'connections') {
      await this.others.cut(this.#random(2) === 0 ? 'client' : 'venue');
      this.kills++;
      return;
    }
    await this.#kill();
    if (this.options.victim !== 'recovery') return;
    await sleep(this.#random(STARTING_MS));
    await this.#kill();
  }

  async #kill(): Promise<void> {
    await this.gateway.stop('SIGKILL');
    this.kills++;
    this.gateway.start();
  }

  async #isUp(round: number): Promise<boolean> {
    const deadline = Date.now() + UP_MS_MAX;
    let up = false;
    while (!up && this.gateway.isRunning && Date.now() < deadline) {
      await sleep(20);
      const { clientUp, venueUp } = await this.others.status();
      up = clientUp && venueUp;
    }
    const state = this.gateway.isRunning ? 'is not up' : 'ended by itself';
    return this.found.expect(up, `round ${round}, ${this.#where}: the gateway ${state}: ${this.gateway.output}`);
  }

  /** No new orders, and time for the answers of those under way. */
  async settle(): Promise<CounterpartyReport> {
    await this.others.pause();
    let report = await this.others.report();
    let open = Infinity;
    let since = Date.now();
    while (openOf(report) > 0 && Date.now() - since < SETTLE_MS_MAX) {
      if (openOf(report) < open) since = Date.now();
      open = Math.min(open, openOf(report));
      await sleep(200);
      report = await this.others.report();
    }
    return report;
  }

  /** What is promised of orders, as the counterparties saw it. */
  judge(report: CounterpartyReport): void {
    const { client, venue } = report;
    const none = {
      lost: report.lost,
      doubled: report.doubled,
      'doubled orders': report.doubledOrders,
      'under two numbers': venue.underTwoNumbers,
      'told open, never at the venue': report.vanished,
      unanswered: client.unanswered,
      'another CumQty': report.quantityMismatch,
      'executions twice': client.executionsTwice,
    };
    for (const [what, ids] of Object.entries(none)) this.#none(what, ids.length, ids.slice(0, 5).join(' '));
    for (const [name, counts] of Object.entries({ client, ...venue.sessions })) {
      this.#none(`resets at ${name}`, counts.sequenceResets);
      this.#none(`numbers too low at ${name}`, counts.sequenceTooLow);
    }
    this.#none('answers to unknown orders', client.unknownAnswers);
    this.#none('orders at the venue that nobody sent', report.foreignAtVenue);
    this.#none('ClOrdIDs repeated at the venue', venue.repeatedClOrdId);
    this.found.expect(report.atVenue > 0, `${this.#where}: no order came to the venue: ${client.refusals.join('; ')}`);
  }

  /** What the ledger says of itself, after a last orderly end. */
  async judgeLedger(): Promise<void> {
    const told = await this.others.told();
    const ended = await this.gateway.stop('SIGTERM');
    this.found.expect(ended === 0, `${this.#where}: SIGTERM ended it with ${ended}: ${this.gateway.output}`);
    const broken = this.gateway.verify();
    this.found.expect(broken === '', `${this.#where}: audit verify: ${broken}`);
    for (const failure of checkLedger(this.gateway.ledger).failures) {
      this.found.expect(false, `${this.#where}: ${failure}`);
    }
    const differences = foldedDifferences(this.gateway.ledger, told, this.options.native);
    this.#none('orders folded otherwise than reported', differences.length, differences.slice(0, 5).join('; '));
  }

  #none(what: string, count: number, which = ''): void {
    this.found.expect(count === 0, `${this.#where}: ${count} ${what} ${which}`);
  }
}

/**
 * Ends a gateway (or its connections) at random moments while orders run through it, and starts it again on the same folder. Afterwards:
 * no order lost or doubled, each one answered, numbers never reset, the ledger whole, and its fold equal to what clients were told.
 */
export async function run(options: GatewayKillOptions): Promise<CampaignReport> {
  const name = 'gateway-kill';
  if (!PYTHON) return { name, rounds: 0, outcomes: {}, failures: [], skipped: 'python3 is not installed' };
  const { durability = 'os', resendOrdersWithinMs = 0, native } = options;
  const folder = temporaryFolder();
  const clientPort = await lastingPort();
  const names = ['--client-comp', 'CLIENT', '--gateway-comp', 'DESK', '--venue-comp', 'VENUE', '--change-every', '5'];
  const traded = ['--accounts', ACCOUNTS.join(), '--symbols', SYMBOLS.join()];
  const others = await Counterparties.open(clientPort, [...names, ...traded]);
  const { directory } = folder;
  const { venuePort } = others;
  const gateway = new GatewayChild({ directory, native, durability, resendOrdersWithinMs, clientPort, venuePort });
  const kill = new KillRun(options, gateway, others);
  let outcomes = {};
  try {
    if (await kill.rounds()) {
      const report = await kill.settle();
      kill.judge(report);
      await kill.judgeLedger();
      outcomes = outcomesOf(report, kill.kills);
    }
  } finally {
    await gateway.stop('SIGKILL');
    await others.close();
  }
  const { failures } = kill.found.report(name, options.rounds);
  if (failures.length === 0 || process.env['HEADRACE_KEEP'] === undefined) folder.remove();
  return { name, rounds: options.rounds, outcomes, failures };
}

function openOf({ client, quantityMismatchCount }: CounterpartyReport): number {
  return client.unansweredCount + quantityMismatchCount;
}

function outcomesOf(report: CounterpartyReport, kills: number): Record<string, number> {
  const { client, venue } = report;
  return {
    kills,
    requests: client.sent,
    acknowledged: client.acknowledged,
    refused: client.refused,
    atVenue: report.atVenue,
    executions: venue.executions,
    resentByClient: client.messagesResent,
    possDupAtVenue: venue.possDup,
    lost: report.lostCount,
    doubled: report.doubled.length,
  };
}
