import { CopybookMaker } from './copybooks.js';
import type { SeededRandom } from './fuzz.js';

/** What the language has, and what nearly is of it: words, clauses, entries, statements, literals and characters. */
const PIECES: readonly string[] = `
.| |,|;|'|"|(|)|-|*|/|\\n|\\n      -    |\\n      *|\\n      D|\\t|\\0|é|:TAG:|*>|==|>>|$|:
PIC|PICTURE IS|USAGE|USAGE IS COMP-3|COMP|COMP-1|COMP-2|COMP-5 SYNC|COMP-6|COMP-X|NATIONAL|DISPLAY-1|INDEX|POINTER SYNC|PROCEDURE-POINTER|BINARY-LONG UNSIGNED
OCCURS 3|OCCURS 1 TO 5 DEPENDING ON F-1|OCCURS 0 TO 3 DEPENDING ON F-2 OF REC IN X|OCCURS 99999999|OCCURS UNBOUNDED|INDEXED BY I J|ASCENDING KEY IS F-1
REDEFINES F-1|REDEFINES|SIGN LEADING|SIGN TRAILING SEPARATE CHARACTER|SYNC RIGHT|JUST|BLANK WHEN ZERO|GROUP-USAGE NATIONAL|EXTERNAL
VALUE ZERO|VALUE -1.5|VALUE 1,5|VALUE 'X|VALUE ALL '*'|VALUE X'C1'|VALUE NX'0041'|VALUE N'A'|VALUE Z"A"|VALUES 1 THRU 5, 'A' 'B'|WHEN SET TO FALSE 0
88 C VALUE 1 THRU 2|66 R RENAMES F-1|66 R RENAMES F-1 THRU F-2 OF REC|77 S PIC 9|01 R2.|05 FILLER PIC X.|05 G.|10 F-1 PIC 9.
S9(5)V99|X(999999999)|9(0)|9(|ZZ9.99-|$$,$$9.99CR|+++9|-9|**9.99DB|9P9|VP9|99PPP|X(3)BX/0|N(4)|G(4)|GB|Z*|9.9.9|A(3)|1e9|9(38)|9(39)
78 N VALUE 3.|78 N VALUE|78 M VALUE N * 2 + 1.|78 L VALUE "A" & N.|01 K CONSTANT AS (N - 1) ** 2.|01 K CONSTANT|X(N)|9(K)V9(L)|OCCURS N|VALUE N|VALUE LENGTH OF F-1.
01|05|10|49|50|00|66|77|78|88|FILLER|F-1|OF|IN|IS|TO|THRU|BY|ON|OFF
COPY A.|COPY B REPLACING ==:TAG:== BY ==Q==.|COPY 'C' OF LIB SUPPRESS.|COPY NONE.|COPY A REPLACING F-1 BY F-2 LEADING ==F-== BY ==G-== TRAILING ==1== BY ====.|COPY|REPLACING
REPLACE ==F-1== BY ==F-2 F-1==.|REPLACE OFF.|REPLACE ==PIC== BY ====.|==:TAG:-X==|== BY ==
EJECT|SKIP1|TITLE 'T'.|TITLE|IDENTIFICATION DIVISION.|DATA DIVISION.|FILE SECTION.|FD F.|WORKING-STORAGE SECTION.|PROCEDURE DIVISION.|SPECIAL-NAMES. DECIMAL-POINT IS COMMA CURRENCY SIGN IS 'F'.|CURRENCY SIGN '£'|SPECIAL-NAMES. CURRENCY SIGN 'EUR' WITH PICTURE SYMBOL 'Y' CURRENCY X'9F' PICTURE SYMBOL 'u'.|YYY9.99|u9
\\n       >>SOURCE FORMAT IS FREE\\n|\\n      $SET SOURCEFORMAT"VARIABLE"\\n|\\n>>IF A\\n|\\n       CBL NOSEQ\\n|\\n      *CBL LIST\\n`
  .split('\n')
  .flatMap(line => line.split('|'))
  .map(piece => piece.replaceAll('\\n', '\n').replaceAll('\\t', '\t').replaceAll('\\0', '\0'));

/** Seeded texts near to copybooks, and a library that they copy from. */
export class CopybookText {
  private readonly maker: CopybookMaker;

  constructor(private readonly random: SeededRandom) {
    this.maker = new CopybookMaker(random);
  }

  /** A copybook that parses, changed in a few places. */
  copybook(): string {
    let text = this.maker.make();
    for (let change = this.random.below(6); change > 0; change--) text = this.changed(text);
    return text;
  }

  /** Entries and statements in any order; some copy what copies them. */
  library(): Readonly<Record<string, string>> {
    return Object.fromEntries(['A', 'B', 'C'].map(name => [name, this.pieces(this.random.below(12))]));
  }

  private pieces(count: number): string {
    return Array.from({ length: count }, () => `       ${this.random.pick(PIECES)}`).join(
      this.random.pick([' ', '\n']),
    );
  }

  private changed(text: string): string {
    const { random } = this;
    const at = random.below(text.length + 1);
    const rest = text.slice(at);
    switch (random.below(5)) {
      case 0:
        return text.slice(0, at) + rest.slice(1 + random.below(8));
      case 1:
        return text.slice(0, at) + String.fromCharCode(random.below(256)) + rest.slice(1);
      case 2:
        return `${text.slice(0, at)} ${random.pick(PIECES)} ${rest}`;
      case 3:
        return this.atLine(text, `       ${random.pick(PIECES)}`);
      default:
        return text.slice(0, at) + random.pick(PIECES) + rest.slice(random.below(4));
    }
  }

  private atLine(text: string, line: string): string {
    const lines = text.split('\n');
    lines.splice(this.random.below(lines.length + 1), 0, line);
    return lines.join('\n');
  }
}
