import t from 'tap';

import { LOG_STATE, Tail } from '../../src/journal/tail.js';
import type { RawMessage } from '../support/fix-peer.js';
import { LOGON, deskOfPeers, order } from '../support/peer-desk.js';

t.setTimeout(60_000);

t.test(
  'while the disk is full a client is logged out at its 200th refusal and not let in until there is room',
  async t => {
    const { desk, venue, client } = await deskOfPeers(t, {});
    client.write(['D', 2, order('BEFORE')]);
    await desk.until(() => venue.having('35=D').length === 1, 'the order at the venue');
    // What the journal itself says when it cannot prepare a segment.
    const journal = new Tail(desk.memory.tail);
    journal.state = LOG_STATE.reserve;
    const full = Array.from({ length: 199 }, (_, index): RawMessage => ['D', index + 3, order(`F${index}`)]);
    client.write(...full, ['F', 202, '11=CANCEL|41=BEFORE|54=1|55=ACME|60=20260102-10:00:01.000|']);
    await desk.until(() => venue.having('35=F').length === 1, 'the cancel at the venue: 199 refusals are borne');
    t.equal(client.having('35=8', '39=8', '58=journalFull: the journal has no room').length, 199);
    client.write(['D', 203, order('LAST')]);
    await desk.until(() => !desk.isUp, 'the client to be logged out');
    t.match(client.having('35=5').at(-1), '|58=journalFull: the disk is full');

    const logon: RawMessage = ['A', 204, LOGON];
    const committed = journal.committedSequence;
    client.text = '';
    await client.connect(desk.clientPort);
    client.write(logon);
    await new Promise(resolve => setTimeout(resolve, 300));
    t.equal(client.text, '', 'its logon is not answered');
    t.equal(journal.committedSequence, committed, 'and writes nothing');
    journal.state = LOG_STATE.ok;
    await client.connect(desk.clientPort);
    client.write(logon);
    await desk.until(() => client.having('35=A').length === 1, 'the Logon to be answered');
  },
);
