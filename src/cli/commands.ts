import { Command } from 'commander';

/** One command of the table: what `headrace --help` says of it, and where it is. */
interface CommandRow {
  readonly name: string;
  readonly summary: string;
  load(): Promise<() => Command>;
}

/** Every `headrace` command in the order `--help` lists them. One is loaded when it is asked for: all of them take a second. */
export const commands: readonly CommandRow[] = [
  {
    name: 'run',
    summary: 'run the gateway of a configuration',
    load: async () => (await import('./run.js')).runCommand,
  },
  {
    name: 'demo',
    summary: 'run a whole desk on this machine',
    load: async () => (await import('./demo.js')).demoCommand,
  },
  {
    name: 'check',
    summary: 'check a configuration: every problem at its line and column',
    load: async () => (await import('./check.js')).checkCommand,
  },
  {
    name: 'explain',
    summary: 'draw the flows, threads and rings of a configuration',
    load: async () => (await import('./explain.js')).explainCommand,
  },
  {
    name: 'schema',
    summary: "the configuration's JSON Schema, for editors",
    load: async () => (await import('./schema.js')).schemaCommand,
  },
  {
    name: 'copybook',
    summary: 'what a copybook says: its layout, or code and schemas of its records',
    load: async () => (await import('./copybook.js')).copybookCommand,
  },
  {
    name: 'decode',
    summary: 'decode records described by a copybook to JSON lines',
    load: async () => (await import('./decode.js')).decodeCommand,
  },
  {
    name: 'encode',
    summary: 'encode JSON lines to records described by a copybook',
    load: async () => (await import('./encode.js')).encodeCommand,
  },
  {
    name: 'convert',
    summary: 'convert files: records, JSON lines, CSV, Parquet, Arrow',
    load: async () => (await import('./convert.js')).convertCommand,
  },
  {
    name: 'fix-acceptor',
    summary: 'serve FIX sessions and send orders back as they came',
    load: async () => (await import('./fix-acceptor.js')).fixAcceptorCommand,
  },
  {
    name: 'fix',
    summary: 'command the FIX sessions of a gateway, take over those of QuickFIX',
    load: async () => (await import('./fix.js')).fixCommand,
  },
  {
    name: 'sim',
    summary: 'play a trading platform by a profile, or check one by its script',
    load: async () => (await import('./sim.js')).simCommand,
  },
  {
    name: 'doctor',
    summary: 'look at this machine: Node.js, native parts, ports, disk, Kafka',
    load: async () => (await import('./doctor.js')).doctorCommand,
  },
  {
    name: 'audit',
    summary: 'verify, show and search the journal',
    load: async () => (await import('./audit.js')).auditCommand,
  },
  {
    name: 'bench',
    summary: 'measure any FIX or WebSocket endpoint, compare two results',
    load: async () => (await import('./bench.js')).benchCommand,
  },
];

/** All of them, those in full that are wanted. */
export async function loadCommands(isWanted: (name: string) => boolean): Promise<Command[]> {
  return Promise.all(
    commands.map(async ({ name, summary, load }) =>
      (isWanted(name) ? (await load())() : new Command(name)).summary(summary),
    ),
  );
}
