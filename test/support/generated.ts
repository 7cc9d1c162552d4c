import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';

import type { RecordView } from '../../src/index.js';
import { projectRoot } from './project.js';

const PACKAGE = pathToFileURL(join(projectRoot, 'dist', 'src', 'index.js')).href;
const folder = mkdtempSync(join(tmpdir(), 'generated-'));
let files = 0;

/** What a generated class can do besides its fields. */
export interface GeneratedClass {
  new (bytes?: Uint8Array, start?: number, end?: number): RecordView & Record<string, unknown>;
  $create(counts?: Readonly<Record<string, number>>): RecordView & Record<string, unknown>;
  $problems(value: unknown): readonly { readonly path: string; readonly code: string; readonly message: string }[];
}

/** Imports generated TypeScript, on the package as it is built here. */
export async function importGenerated(text: string): Promise<Readonly<Record<string, GeneratedClass>>> {
  const { outputText } = ts.transpileModule(text.replace("from 'headrace'", `from '${PACKAGE}'`), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 },
  });
  const file = join(folder, `${++files}.mjs`);
  writeFileSync(file, outputText);
  return (await import(pathToFileURL(file).href)) as Readonly<Record<string, GeneratedClass>>;
}

/** What the compiler says of generated files, at its strictest. */
export function compileGenerated(texts: readonly string[]): readonly string[] {
  const names = texts.map((text, index) => {
    const file = join(folder, `strict-${index}.ts`);
    writeFileSync(file, text);
    return file;
  });
  const program = ts.createProgram(names, {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ES2022,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noImplicitOverride: true,
    noImplicitReturns: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [join(projectRoot, 'node_modules', '@types')],
    paths: { headrace: [join(projectRoot, 'dist', 'src', 'index.d.ts')] },
  });
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, '\n');
    const line = file === undefined ? '' : file.text.slice(0, start).split('\n').length;
    return `${file?.fileName ?? ''}:${line}: ${text}`;
  });
}
