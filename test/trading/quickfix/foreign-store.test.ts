import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';

import { openFileStore, readForeignStore, takeOverStore, type ForeignStore } from '../../../src/trading/index.js';
import { scratchFolder } from '../../support/headrace.js';
import { quickfixMissing, quickfixStoreProgram } from '../../support/quickfix-store.js';
import { needs } from '../../support/servers.js';

const { file, at } = scratchFolder('headrace-foreign-store');
const NAMES = { beginString: 'FIX.4.4', senderCompID: 'DESK', targetCompID: 'EXCHANGE' };
const SESSION = 'FIX.4.4:DESK->EXCHANGE';
const NAME = 'FIX.4.4-DESK-EXCHANGE';

const readStore = (folder: string): ForeignStore => readForeignStore(at(folder), NAMES);
const takeOver = (from: string, to: string): number =>
  takeOverStore(readStore(from), { folder: at(to), session: SESSION }, 1n);

function messagesOf(folder: string): { numbers: readonly [number, number]; ids: string[] } {
  const store = openFileStore({ folder: at(folder), session: SESSION, durability: 'os' });
  const ids: string[] = [];
  store.read(1, 100, (msgSeqNum, bytes) => {
    const clOrdID = /\x0111=([^\x01]*)/.exec(Buffer.from(bytes).toString('latin1'))?.[1];
    ids.push(`${msgSeqNum} ${clOrdID}`);
    return true;
  });
  store.close();
  return { numbers: [store.state.nextInSeqNum, store.state.nextOutSeqNum], ids };
}

t.test(
  'a store that QuickFIX C++ wrote goes on in a store of ours, with its messages',
  needs(quickfixMissing()),
  async t => {
    const write = quickfixStoreProgram();
    write(at('cpp'), 'FIX.4.4', 'DESK', 'EXCHANGE', '5', '9');
    t.match(readStore('cpp'), { engine: 'QuickFIX', nextInSeqNum: 9, nextOutSeqNum: 5, messageNumbers: [1, 2, 3, 4] });
    t.equal(takeOver('cpp', 'ours'), 4);
    t.same(messagesOf('ours'), { numbers: [9, 5], ids: ['1 C1', '2 C2', '3 C3', '4 C4'] });
    t.throws(() => takeOver('cpp', 'ours'), { code: 'HR_FIX_STORE_USED', message: /its numbers are in use/ });

    write(at('torn'), 'FIX.4.4', 'DESK', 'EXCHANGE', '4', '2');
    const body = readFileSync(at(`torn/${NAME}.body`));
    writeFileSync(at(`torn/${NAME}.body`), body.subarray(0, body.length - 7));
    t.equal(takeOver('torn', 'half'), 2, 'a message that its file has not whole is left behind');
    t.same(messagesOf('half'), { numbers: [2, 4], ids: ['1 C1', '2 C2'] });
  },
);

/** As java.io.DataOutput.writeUTF writes text of one byte a character. */
function javaText(text: string): Buffer {
  const bytes = Buffer.from(`\0\0${text}`, 'latin1');
  bytes.writeUInt16BE(text.length, 0);
  return bytes;
}

/** The files of QuickFIX/J's FileStore, as its source writes them: header entries of i32, i64, i32, high byte first. */
function javaStore(folder: string, name: string): void {
  mkdirSync(at(folder));
  const message = (number: number): string => `8=FIX.4.4\x019=5\x0135=D\x0134=${number}\x0111=J${number}\x0110=000\x01`;
  const body = [1, 2].map(message);
  const header = Buffer.alloc(32);
  body.forEach((text, index) => {
    header.writeInt32BE(index + 1, index * 16);
    header.writeBigInt64BE(BigInt(index === 0 ? 0 : body[0]!.length), index * 16 + 4);
    header.writeInt32BE(text.length, index * 16 + 12);
  });
  file(`${folder}/${name}.body`, body.join(''));
  file(`${folder}/${name}.header`, header);
  file(`${folder}/${name}.session`, javaText('20260102-08:00:00.000'));
  // The file is not cut when a shorter number is written over a longer one.
  file(`${folder}/${name}.senderseqnums`, Buffer.concat([javaText('3'), Buffer.from('12')]));
  file(`${folder}/${name}.targetseqnums`, javaText('41'));
}

t.test('a store of QuickFIX/J goes on too, with the name that it gives its files', async t => {
  javaStore('java', NAME);
  t.match(readStore('java'), { engine: 'QuickFIX/J', nextInSeqNum: 41, nextOutSeqNum: 3 });
  t.equal(takeOver('java', 'from-java'), 2);
  t.same(messagesOf('from-java'), { numbers: [41, 3], ids: ['1 J1', '2 J2'] });

  javaStore('signs', 'FIX.4.4-A_1-B_2');
  const signs = { beginString: 'FIX.4.4', senderCompID: 'A#1', targetCompID: 'B/2' };
  t.equal(readForeignStore(at('signs'), signs).nextInSeqNum, 41);

  mkdirSync(at('older'));
  file(`older/${NAME}.seqnums`, javaText('8:6'));
  t.match(readStore('older'), { engine: 'QuickFIX/J', nextInSeqNum: 6, nextOutSeqNum: 8 });
});

t.test('torn numbers are refused with the file, two stores of one session by name', async t => {
  for (const [index, text] of ['', '0000000011', '0000000000 : 0000000001', '9999999999 : 0000000001'].entries()) {
    mkdirSync(at(`bad${index}`));
    file(`bad${index}/${NAME}.seqnums`, text);
    t.throws(
      () => readStore(`bad${index}`),
      { code: 'HR_FIX_STORE', message: new RegExp(`bad${index}.*${NAME}`) },
      text,
    );
  }
  javaStore('both', NAME);
  file(`both/${NAME}.seqnums`, '0000000011 : 0000000007');
  t.throws(() => readStore('both'), { code: 'HR_FIX_STORE', message: /one of QuickFIX\/J/ });
});

t.test('a folder without the session names those it has', async t => {
  mkdirSync(at('other'));
  file('other/FIX.4.4-DESK-NOBODY.seqnums', '0000000011 : 0000000007');
  t.throws(() => readStore('other'), { code: 'HR_FIX_STORE', message: /it has FIX\.4\.4-DESK-NOBODY/ });
  t.throws(() => readStore('nowhere'), { code: 'HR_FIX_STORE', message: /it has no store/ });
});
