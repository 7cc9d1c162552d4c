import { cpus, loadavg, totalmem } from 'node:os';

import { formatFigure, type ReportRow } from './harness.js';

/** What the figures depend on; printed with every table. A load above what the bench itself makes says: measure again. */
export function machineFacts(): string {
  const [first] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const date = new Date().toISOString().slice(0, 16).replace('T', ' ');
  const load = `load ${(loadavg()[0] ?? 0).toFixed(1)}`;
  return `${first?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, ${memory}, Node ${process.versions.node}, ${date} UTC, ${load}`;
}

function cellsOf(row: ReportRow): string[] {
  const figure = (value: number | null): string => (value === null ? '-' : formatFigure(value));
  const ratio = row.ratio === null ? (row.missing ?? 'missing') : `${row.ratio.toFixed(2)} ×`;
  return [row.question, row.peer, figure(row.ours), figure(row.theirs), row.unit, ratio, String(row.rounds)];
}

const HEAD = ['question', 'peer', 'ours', 'theirs', 'unit', 'ratio', 'rounds'];

/** The rows as a Markdown table, padded so that it also reads well on a terminal. */
export function reportTable(rows: readonly ReportRow[]): string {
  const lines = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map(cells => cells[column]?.length ?? 0)));
  const text = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map(width => '-'.repeat(width + 2)).join('|')}|`;
  return [text(HEAD), rule, ...rows.map(row => text(cellsOf(row)))].join('\n');
}
