import { spawnSync } from 'node:child_process';
import { Ajv2020 } from 'ajv/dist/2020.js';
import t from 'tap';

import {
  arrowSchemaOf,
  chooseRecord,
  compileCopybook,
  jsonSchemaOf,
  protoOf,
  sqlOf,
  type CopybookOptions,
  type Layout,
  type RecordPolicies,
} from '../../src/codec/index.js';
import { ConfigError } from '../../src/model/index.js';
import { CopybookMaker } from '../support/copybooks.js';
import { damagedRecords, decodeRecords } from '../support/decoded-lines.js';
import { SeededRandom } from '../support/fuzz.js';
import { needs } from '../support/servers.js';

t.setTimeout(180_000);

const compile = (text: string, options: Partial<CopybookOptions> = {}): Layout =>
  chooseRecord(compileCopybook(text, { file: 'x.cpy', codePage: 'ascii', ...options }), undefined);

const EXAMPLE = `
       01 TRADE.
         05 TRADE-ID PIC X(3).
         05 NOTIONAL PIC S9(3)V99 COMP-3.
           88 NOTHING VALUE 0.
         05 BIG PIC S9(17)V99 COMP-3.
         05 QTY PIC 9(5)PPP.
         05 LEG-COUNT PIC 9.
         05 LEGS OCCURS 0 TO 3 DEPENDING ON LEG-COUNT.
           10 RATE PIC V9(4) COMP-3 OCCURS 2.
         05 KEY-TEXT PIC X(4).
         05 KEY-NUMBER REDEFINES KEY-TEXT PIC 9(4).
         05 RATIO COMP-2.
         66 BOTH RENAMES TRADE-ID THRU NOTIONAL.
`;

const schemaOf = (layout: Layout, policies: RecordPolicies = {}): Record<string, never> =>
  JSON.parse(jsonSchemaOf([layout], policies, 'a test'));

t.test('the JSON Schema bounds numbers by their pictures, text by its size and tables by OCCURS', async t => {
  const { properties } = schemaOf(compile(EXAMPLE)) as unknown as { properties: Record<string, unknown> };
  t.match(properties['TRADE-ID'], { type: 'string', maxLength: 3 });
  t.match(properties['NOTIONAL'], { type: 'number', minimum: -999.99, maximum: 999.99 });
  t.match(properties['QTY'], { type: 'integer', minimum: 0, maximum: 99999000 });
  t.match(properties['LEGS'], { type: 'array', minItems: 0, maxItems: 3 });
  t.match(properties['KEY-NUMBER'], { type: ['integer', 'null'], maximum: 9999 });
  const text = jsonSchemaOf([compile(EXAMPLE)], {}, 'a test');
  t.match(text, '"maximum": 99999999999999999.99', 'more digits than a double has');
});

t.test('the policies of decode are in the schema: nulls, 66 and 88 levels, $raw', async t => {
  const policies = { onError: 'null', renames: true, conditions: true, keepRaw: true } as const;
  const { properties, required } = schemaOf(compile(EXAMPLE), policies) as unknown as {
    properties: Record<string, unknown>;
    required: string[];
  };
  t.match(properties['NOTIONAL'], { type: ['number', 'null'] });
  t.match(properties['BOTH'], { type: ['string', 'null'], maxLength: 6 });
  t.match(properties['$conditions'], { properties: { NOTHING: { const: true } } });
  t.ok(properties['$raw'] !== undefined && !required.includes('$raw') && required.includes('$conditions'));
});

t.test('several records are definitions, and a child is an array in the record that holds it', async t => {
  const layouts = compileCopybook('01 HEAD.\n 05 A PIC X.\n01 TAIL.\n 05 B PIC X.', { file: 'x.cpy' });
  const schema = JSON.parse(jsonSchemaOf(layouts, { children: { TAIL: 'HEAD' } }, 'a test'));
  const validate = new Ajv2020().compile(schema);
  t.ok(validate({ A: 'x' }) && validate({ B: 'x' }) && validate({ A: 'x', TAIL: [{ B: 'y' }] }));
  t.notOk(validate({ A: 'x', TAIL: [{ A: 'y' }] }));
});

/** Seeded copybooks that decode takes. */
function* madeLayouts(count: number): Generator<{ layout: Layout; text: string; random: SeededRandom }> {
  const random = new SeededRandom(4);
  const maker = new CopybookMaker(random);
  for (let made = 0; made < count;) {
    const text = maker.make();
    const codePage = random.pick(['cp037', 'ascii', 'cp930', 'utf-8']);
    try {
      const layout = compile(text, { codePage, trunc: random.pick(['std', 'bin'] as const) });
      decodeRecords(layout, []);
      yield { layout, text, random };
      made++;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
    }
  }
}

t.test('ajv finds every line valid that decode writes of 60 seeded copybooks', async t => {
  let lines = 0;
  for (const { layout, text, random } of madeLayouts(60)) {
    const isNullable = (): boolean => true;
    const onError = random.pick(['skip', 'null'] as const);
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schemaOf(layout, { onError }));
    const records = damagedRecords(random, layout, 10);
    for (const decoded of decodeRecords(layout, records, onError === 'null' ? { isNullable } : {}))
      if ('line' in decoded) {
        lines++;
        if (!validate(JSON.parse(decoded.line)))
          t.fail(JSON.stringify({ errors: validate.errors, line: decoded.line, text, page: layout.codePage.name }));
      }
  }
  t.ok(lines > 200, `${lines} lines`);
});

t.test('the SQL has NUMERIC with the scale of the picture, and a table for each OCCURS', async t => {
  const sql = sqlOf([compile(EXAMPLE)], () => ({ renames: true }), 'a test');
  t.match(sql, /^CREATE TABLE "trade" \(\n {2}"record_number" BIGINT NOT NULL,\n/m);
  t.match(sql, '"notional" NUMERIC(5,2) NOT NULL, -- NOTIONAL S9(3)V99 COMP-3\n');
  t.match(sql, '"key_number" INTEGER, -- KEY-NUMBER 9(4) DISPLAY\n');
  t.match(sql, '"both" VARCHAR(6),');
  t.match(
    sql,
    `CREATE TABLE "trade_legs_rate" (
  "record_number" BIGINT NOT NULL,
  "legs_index" INTEGER NOT NULL,
  "rate_index" INTEGER NOT NULL,
  "rate" NUMERIC(4,4) NOT NULL, -- RATE V9(4) COMP-3
  PRIMARY KEY ("record_number", "legs_index", "rate_index"),
  FOREIGN KEY ("record_number", "legs_index") REFERENCES "trade_legs" ("record_number", "legs_index")
);`,
  );
});

const SQLITE = `
import sqlite3, sys, json
for text in json.load(sys.stdin):
    db = sqlite3.connect(':memory:')
    db.execute('PRAGMA foreign_keys = ON')
    db.executescript(text)
    for (table,) in db.execute('SELECT name FROM sqlite_master WHERE type = \\'table\\'').fetchall():
        db.execute('PRAGMA foreign_key_check(' + json.dumps(table) + ')')
`;

const hasPython = spawnSync('python3', ['--version']).error === undefined;

t.test(
  'SQLite takes the tables of 40 seeded copybooks',
  needs(hasPython ? undefined : 'python3 is not here'),
  async t => {
    const texts = Array.from(madeLayouts(40), ({ layout }) => sqlOf([layout], () => ({}), 'a test'));
    const { status, stderr } = spawnSync('python3', ['-c', SQLITE], { input: JSON.stringify(texts) });
    t.equal(status, 0, String(stderr));
  },
);

t.test('the Arrow schema has decimal128 with the scale of the picture, lists and structs', async t => {
  const { schema } = JSON.parse(arrowSchemaOf(compile(EXAMPLE), {}));
  const field = (name: string): unknown => schema.fields.find((one: { name: string }) => one.name === name);
  t.strictSame(field('NOTIONAL'), {
    name: 'NOTIONAL',
    nullable: false,
    type: { name: 'decimal', precision: 5, scale: 2, bitWidth: 128 },
    children: [],
  });
  t.match(field('QTY'), { type: { name: 'int', bitWidth: 32, isSigned: true } });
  t.match(field('KEY-TEXT'), { nullable: true, type: { name: 'utf8' } });
  t.match(field('RATIO'), { type: { name: 'floatingpoint', precision: 'DOUBLE' } });
  t.match(field('LEGS'), {
    type: { name: 'list' },
    children: [{ name: 'item', type: { name: 'struct' }, children: [{ name: 'RATE', type: { name: 'list' } }] }],
  });
});

const proto = (text: string, earlier = ''): string =>
  protoOf([compile(text)], { columns: () => ({}), about: ['a test'], earlier });

t.test('the messages have Decimal for what sint64 holds, text for more, and optional for views', async t => {
  t.equal(
    proto(EXAMPLE),
    `// a test
syntax = "proto3";

// A decimal number: units * 10^-scale.
message Decimal {
  sint64 units = 1;
  int32 scale = 2;
}

message Trade {
  message Legs {
    repeated Decimal rate = 1 [json_name = "RATE"]; // V9(4) COMP-3
  }
  string trade_id = 1 [json_name = "TRADE-ID"]; // X(3) DISPLAY
  Decimal notional = 2 [json_name = "NOTIONAL"]; // S9(3)V99 COMP-3
  string big = 3 [json_name = "BIG"]; // S9(17)V99 COMP-3
  uint32 qty = 4 [json_name = "QTY"]; // 9(5)PPP DISPLAY
  uint32 leg_count = 5 [json_name = "LEG-COUNT"]; // 9 DISPLAY
  repeated Legs legs = 6 [json_name = "LEGS"];
  optional string key_text = 7 [json_name = "KEY-TEXT"]; // X(4) DISPLAY
  optional uint32 key_number = 8 [json_name = "KEY-NUMBER"]; // 9(4) DISPLAY
  double ratio = 9 [json_name = "RATIO"]; // COMP-2
}
`,
  );
});

t.test('a field keeps its number while it has its name and type, and one that is gone is reserved', async t => {
  const first = proto('01 R.\n 05 A PIC X.\n 05 B PIC X.\n 05 C PIC X.');
  const second = proto('01 R.\n 05 N PIC X.\n 05 A PIC X.\n 05 C PIC 9.', first);
  const numbers = (text: string): unknown =>
    [...text.matchAll(/^ {2}(?:(\S+) (\w+) = (\d+)|(reserved .+);)/gm)].map(([, type, name, number, reserved]) =>
      name === undefined ? reserved : `${type} ${name} ${number}`,
    );
  t.strictSame(numbers(second), ['reserved 2, 3', 'string n 4', 'string a 1', 'uint32 c 5']);
  t.equal(proto('01 R.\n 05 N PIC X.\n 05 A PIC X.\n 05 C PIC 9.', second), second, 'the same again');
  const third = proto('01 R.\n 05 B PIC X.\n 05 A PIC X.\n 05 C PIC X.', second);
  t.strictSame(numbers(third), ['reserved 2, 3, 4, 5', 'string b 6', 'string a 1', 'string c 7']);
});
