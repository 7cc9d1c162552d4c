import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import t from 'tap';

import { projectRoot } from './support/project.js';

// The rows of ARCHITECTURE.md: a folder imports earlier rows only, never a neighbour, always through its index.ts.
const ROWS: readonly (readonly string[])[] = [
  ['model'],
  ['native', 'resilience', 'observe', 'expression', 'options'],
  ['ring', 'codec'],
  ['journal', 'session', 'converter'],
  ['mainframe', 'database', 'trading', 'broker', 'http'],
  ['sources', 'decode', 'risk', 'transform', 'route', 'publish'],
  ['orders', 'platforms', 'signals'],
  ['audit', 'sync', 'assess', 'esb'],
  ['dashboard'],
  ['gateway'],
  ['cli'],
];
const FILE_LINES_MAX = 500;
const FUNCTION_LINES_MAX = 70;
const PARAMETERS_MAX = 4;
const BANNED: readonly [RegExp, string][] = [
  [/\b(utils?|helpers?|misc)\b/i, 'name the noun it is about'],
  [/\bTODO\b|\bFIXME\b/, 'open an issue, or finish it'],
  [/\bclass \w*(Manager|Helper|Util|Base|Impl)\b/, 'name what it is, without the suffix'],
];
const BANNED_NAMES = /^(utils?|helpers?|common|misc|managers?)(\.|$)/;

interface Problem {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly instead: string;
}

const problems: Problem[] = [];
const exemptions: string[] = [];

function filesBelow(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile() && ending.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name))
    .filter(path => !/[\\/](node_modules|target|build)[\\/]/.test(path))
    .sort();
}

function report(file: string, lines: readonly string[], line: number, rule: string, instead: string): void {
  const near = [lines[line - 1] ?? '', lines[line - 2] ?? ''];
  const exempt = near.find(text => text.includes(`tidy: ${rule}:`));
  if (exempt === undefined) problems.push({ file, line, rule, instead });
  else exemptions.push(`${file}:${line} ${exempt.slice(exempt.indexOf('tidy: '))}`);
}

function rowOf(folder: string): number {
  return ROWS.findIndex(row => row.includes(folder));
}

function checkImport(file: string, lines: readonly string[], line: number, target: string): void {
  const source = join(projectRoot, 'src');
  const from = relative(source, file).split(sep);
  const to = relative(source, join(dirname(file), target)).split(sep);
  const [fromFolder = '', toFolder = ''] = [from[0], to[0]];
  if (from.length < 2 || fromFolder === toFolder || to.length < 2) return;
  if (rowOf(toFolder) < 0) report(file, lines, line, 'row', `give folder ${toFolder} a row in test/tidy.test.ts`);
  else if (rowOf(toFolder) >= rowOf(fromFolder))
    report(file, lines, line, 'row', `${fromFolder} may import earlier rows only`);
  if (to.length !== 2 || to[1] !== 'index.js') report(file, lines, line, 'index', `import ${toFolder}/index.js`);
}

const IMPORT = /(?:from|import)\s*\(?'(\.[^']+)'/;
const FUNCTION_START =
  /^(\s*)(?:export )?(?:default )?(?:async )?(?:function\b|(?:(?:public|private|static|override|async|get|set|#)\s*)*[#\w]+(?:<[^>]*>)?\([^;]*\)(?:: [^;={]+)? \{$)/;
const NOT_FUNCTION = /^\s*(?:if|for|while|switch|return|catch|do|else)\b/;

/** A function's or method's signature up to its parameters, which may go on over lines; what has no body is only its declaration. */
const SIGNATURE_START =
  /^\s*(?:export )?(?:default )?(?:(?:public|private|protected|static|override|async|get|set|function) )*[#\w]*(?:<[^>]*>)?\(/;
const SIGNATURE_LINES_MAX = 30;
const PARAMETER = /^\s*(?:(?:public|private|readonly) )*(?:\.\.\.)?(?:\w+\??|[[{][^]*[\]}])\s*:/;
const BODY = /^\)(?:: [^;\n]+)? \{$/m;

/** How many parameters the function that begins on this line has; 0 where none begins. */
function parameterCount(lines: readonly string[], index: number): number {
  const start = SIGNATURE_START.exec(lines[index] ?? '');
  if (start === null || NOT_FUNCTION.test(start[0])) return 0;
  const text = lines
    .slice(index, index + SIGNATURE_LINES_MAX)
    .join('\n')
    .slice(start[0].length);
  const parts = topLevelParts(text);
  const isFunction = text.slice(parts.join(',').length).search(BODY) === 0;
  return isFunction ? parts.filter(part => PARAMETER.test(part)).length : 0;
}

/** What stands between the commas up to the parenthesis that closes; a comma that is nested deeper parts nothing. */
function topLevelParts(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const [at, character] of [...text].entries()) {
    if (depth === 0 && character === ')') break;
    if ('([{<'.includes(character)) depth++;
    else if (')]}'.includes(character) || (character === '>' && text[at - 1] !== '=')) depth--;
    if (depth === 0 && character === ',') parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}

function checkFunctions(file: string, lines: readonly string[]): void {
  lines.forEach((text, index) => {
    if (parameterCount(lines, index) > PARAMETERS_MAX)
      report(file, lines, index + 1, 'parameters', 'take an options object');
    const match = FUNCTION_START.exec(text);
    if (match === null || NOT_FUNCTION.test(text) || !text.trimEnd().endsWith('{')) return;
    const end = lines.findIndex((line, at) => at > index && line.startsWith(`${match[1]}}`));
    if (end - index > FUNCTION_LINES_MAX)
      report(file, lines, index + 1, 'function-size', 'split it: branching above, plain work in the leaves');
  });
}

function checkLines(file: string, lines: readonly string[]): void {
  if (lines.length > FILE_LINES_MAX) report(file, lines, 1, 'file-size', 'split the file by noun');
  lines.forEach((text, index) => {
    for (const [word, instead] of BANNED) if (word.test(text)) report(file, lines, index + 1, 'word', instead);
    const target = IMPORT.exec(text)?.[1];
    if (target !== undefined) checkImport(file, lines, index + 1, target);
  });
}

for (const file of filesBelow(join(projectRoot, 'src'), /\.ts$/)) {
  const lines = readFileSync(file, 'utf8').split('\n');
  if (BANNED_NAMES.test(file.slice(file.lastIndexOf(sep) + 1)))
    report(file, lines, 1, 'name', 'name the noun it holds');
  checkLines(file, lines);
  checkFunctions(file, lines);
}
for (const file of filesBelow(join(projectRoot, 'native'), /\.(cc|h|rs)$/)) {
  const lines = readFileSync(file, 'utf8').split('\n');
  if (lines.length > FILE_LINES_MAX) report(file, lines, 1, 'file-size', 'split the file by noun');
}

t.test('every source file keeps the rows, sizes and words of ARCHITECTURE.md', async t => {
  for (const exemption of exemptions) t.comment(`exempt: ${relative(projectRoot, exemption)}`);
  const found = problems.map(
    ({ file, line, rule, instead }) => `${relative(projectRoot, file)}:${line} ${rule}: ${instead}`,
  );
  t.strictSame(found, []);
});

// What a tree must not name: places of one machine, hosts that packages come from (Cargo.lock cannot do without its one).
const PLACES: readonly [RegExp, string][] = [
  [/(?<![\w.~$}/])\/(work|tmp|root|home\/\w+)\//, 'take the folder from an option, the environment or os.tmpdir()'],
  [
    /\b(registry\.npmjs\.org|registry\.yarnpkg\.com|files\.pythonhosted\.org|pypi\.org|repo1?\.maven\.org)\b/,
    'leave the registry to its client',
  ],
  [/\bstatic\.crates\.io\b|\/crates\.io-index\b(?!")/, 'leave the registry to its client'],
];

const listed = spawnSync('git', ['ls-files', '-z'], { cwd: projectRoot, encoding: 'utf8' });
const isClone = listed.status === 0 ? {} : { skip: 'git, which lists the files of a clone, is missing' };

t.test('no file names a folder of one machine or the host of a registry', isClone, async t => {
  const found: string[] = [];
  for (const file of listed.stdout.split('\0')) {
    if (file === '' || file === 'test/tidy.test.ts' || /\.(dat|ebc|bin)$/.test(file)) continue;
    const lines = readFileSync(join(projectRoot, file), 'utf8').split('\n');
    lines.forEach((text, index) => {
      for (const [place, instead] of PLACES) if (place.test(text)) found.push(`${file}:${index + 1} ${instead}`);
    });
  }
  t.strictSame(found, []);
});
