import type { Command } from 'commander';

import { auditCommand } from './audit.js';
import { benchCommand } from './bench.js';
import { checkCommand } from './check.js';
import { copybookCommand } from './copybook.js';
import { decodeCommand } from './decode.js';
import { doctorCommand } from './doctor.js';
import { encodeCommand } from './encode.js';
import { explainCommand } from './explain.js';
import { demoCommand } from './demo.js';
import { fixAcceptorCommand } from './fix-acceptor.js';
import { runCommand } from './run.js';
import { schemaCommand } from './schema.js';

/** Every `headrace` command, one line each, in the order `--help` lists them. */
export const commands: readonly (() => Command)[] = [
  runCommand,
  demoCommand,
  checkCommand,
  explainCommand,
  schemaCommand,
  copybookCommand,
  decodeCommand,
  encodeCommand,
  fixAcceptorCommand,
  doctorCommand,
  auditCommand,
  benchCommand,
];
