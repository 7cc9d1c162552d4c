import type { Command } from 'commander';

/** Every `headrace` command, one line each, in the order `--help` lists them. */
export const commands: readonly (() => Command)[] = [];
