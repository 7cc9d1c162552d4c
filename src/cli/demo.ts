import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';

import { exampleDesk, prepareDemo, type Demo } from '../gateway/index.js';
import { atLeastZero } from './arguments.js';
import { serve, type Alongside } from './serve.js';

interface DemoCommandOptions {
  readonly orders: number;
  readonly quotes: number;
}

const LINE_EVERY_MS = 1_000;
const DRAIN_MS = 2_000;

/** In a clone the example's own folder, where its config can be read and changed; from an installed package a folder of the user's. */
function defaultFolder(): string {
  const desk = exampleDesk();
  return existsSync(join(desk, '..', '..', 'tsconfig.json')) ? desk : 'headrace-demo';
}

/** `headrace demo`: a whole desk on one machine. */
export function demoCommand(): Command {
  return new Command('demo')
    .description(
      'Runs a whole desk here: positions off a mainframe file, orders from a client, a venue, market data, a page.',
    )
    .argument('[folder]', 'where gateway.yaml, positions.cpy and data lie; made where missing', defaultFolder())
    .option('--orders <rate>', 'orders a second', atLeastZero, 200)
    .option('--quotes <rate>', 'quotes a second', atLeastZero, 500)
    .addHelpText('after', '\nExamples:\n  headrace demo\n  headrace demo my-desk --orders 2000\n')
    .action(async (folder: string, options: DemoCommandOptions) => {
      const rates = { ordersPerSecond: options.orders, quotesPerSecond: options.quotes };
      const { gateway, run } = prepareDemo({ folder, ...rates });
      await serve(gateway, DRAIN_MS, async () => show(await run()));
    });
}

/** Says where to look, then shows one line of figures a second. */
function show(demo: Demo): Alongside {
  const { page, websocket, clients, feed } = demo.gateway.ports;
  console.log(`headrace: the desk is open. Page http://127.0.0.1:${page}   WebSocket ws://127.0.0.1:${websocket}`);
  console.log(`headrace: FIX clients 127.0.0.1:${clients}   market data 127.0.0.1:${feed}   Ctrl-C drains and closes`);
  const timer = setInterval(() => line(demo), LINE_EVERY_MS);
  return {
    close: async () => {
      clearInterval(timer);
      process.stdout.write('\n');
      await demo.close();
      line(demo);
      process.stdout.write('\n');
    },
  };
}

function line(demo: Demo): void {
  const counts = demo.counts();
  const counters = demo.gateway.view?.counters() ?? {};
  if (counts === undefined) return;
  const { client } = counts;
  const text = `orders ${client.ordersSent}  accepted ${counters['accepted']}  refused ${counters['refused']}  fills ${client.fills + client.partialFills}  quotes ${counters['feed.quotes']}`;
  if (process.stdout.isTTY) process.stdout.write(`\r${text.padEnd(100)}`);
  else console.log(text);
}
