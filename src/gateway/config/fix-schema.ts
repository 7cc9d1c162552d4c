import { z } from 'zod';

import { WEEKDAYS, scheduleFault } from '../../session/index.js';
import { count, host, port, text } from './values.js';

const version = {
  beginString: z
    .enum(['FIX.4.0', 'FIX.4.1', 'FIX.4.2', 'FIX.4.3', 'FIX.4.4', 'FIXT.1.1'])
    .default('FIX.4.4')
    .describe('BeginString (8).'),
  defaultApplVerId: z
    .enum(['FIX.5.0', 'FIX.5.0SP1', 'FIX.5.0SP2'])
    .default('FIX.5.0SP2')
    .describe('DefaultApplVerID (1137) of FIXT.1.1: the version of its orders and reports.'),
};

const tls = z
  .strictObject({
    cert: text().describe('PEM file of our certificate.'),
    key: text().describe('PEM file of its key.'),
    ca: text().optional().describe('PEM file of the authorities the peer’s certificate must come from.'),
    minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.2').describe('Oldest version of TLS that is taken.'),
    ciphers: text().optional().describe('Ciphers by OpenSSL’s names, colons between; those of Node.js unless told.'),
  })
  .describe('TLS for this listener; its files are read again when they change.');

const venueTls = tls
  .extend({
    serverName: text().optional().describe('Name sent (SNI) and expected in the certificate; the host’s unless told.'),
  })
  .describe('TLS for this connection.');

const time = (): z.ZodOptional<z.ZodString> => text().optional();

const schedule = z
  .strictObject({
    kind: z.enum(['nonStop', 'daily', 'weekly']).default('nonStop').describe('How often a period begins.'),
    startTime: time().describe('`HH:MM` or `HH:MM:SS` on the zone’s clock.'),
    endTime: time().describe('The end, itself outside; not after the start: on the next day, or in the next week.'),
    startDay: z.enum(WEEKDAYS).optional().describe('Weekly: the day of the start.'),
    endDay: z.enum(WEEKDAYS).optional().describe('Weekly: the day of the end.'),
    weekdays: z
      .array(z.enum(WEEKDAYS))
      .optional()
      .describe('Daily: the days on which a period begins; all unless told.'),
    timeZone: text().optional().describe('IANA name of the zone, such as Europe/Berlin; UTC unless told.'),
    resetSeqTime: time().describe('Time of day at which the sequence numbers begin again, whatever the kind.'),
  })
  .superRefine((given, context) => {
    const fault = scheduleFault(given);
    if (fault !== undefined) context.addIssue({ code: 'custom', path: [fault.key], message: fault.reason });
  })
  .prefault({})
  .describe('When the session may be logged on; sequence numbers begin again with each period.');

const reset = (when: string): z.ZodDefault<z.ZodBoolean> =>
  z.boolean().default(false).describe(`Sequence numbers begin again ${when}.`);

const rules = {
  schedule,
  resetOnLogon: reset('with each logon; nothing is kept for a session that is away'),
  resetOnLogout: reset('after a logout'),
  resetOnDisconnect: reset('when the connection ends; nothing is kept for a session that is away'),
};

const venuePort = (): z.ZodInt => z.int().min(1).max(65_535);

const heartbeat = z.int().min(1).max(3_600).default(30).describe('HeartBtInt (108) we offer, in seconds.');

const cancelOnDisconnect = z
  .strictObject({
    graceMs: z
      .int()
      .min(0)
      .max(86_400_000)
      .default(5_000)
      .describe('A client that has logged on again within this, in ms, keeps its orders.'),
    onLogout: z.boolean().default(false).describe('Also when the client itself ended the session by a Logout.'),
  })
  .describe(
    'The gateway cancels the orders that the client left open when its session dropped. Left out: it does not.',
  );

const rate = {
  messages: z.int().min(1).max(1_000_000).describe('So many messages, also at once after a rest,'),
  perMs: count(1_000, 1_000_000).describe('in so many ms.'),
};

const throttleIn = z
  .strictObject({
    ...rate,
    action: z
      .enum(['delay', 'reject', 'disconnect'])
      .default('delay')
      .describe(
        'Beyond it: they wait their turn in order, are answered with BusinessMessageReject (380=3), or end the session by a Logout.',
      ),
    heldMessagesMax: count(1_000, 1_000_000).describe(
      'Messages that may wait under `delay`; one more ends the session. Waiting ones are then asked for at the next logon.',
    ),
    cancels: z
      .strictObject(rate)
      .optional()
      .describe('A rate of their own for cancels (F). Left out: they count with the rest.'),
  })
  .describe('The rate at which the client’s application messages are taken. Left out: none.');

const bufferedKbMax = count(16_384, 1_048_576).describe(
  'A peer that leaves more than this unread, in KiB, is disconnected as a slow consumer. One write does not count.',
);

const clientSession = z.strictObject({
  ...version,
  senderCompId: text().describe('SenderCompID (49) that we send: our name.'),
  targetCompId: text().describe('TargetCompID (56) that we send: the client’s name.'),
  account: text().optional().describe('Account (1) of orders that carry none.'),
  cancelOnDisconnect: cancelOnDisconnect.optional(),
  throttleIn: throttleIn.optional(),
  orderStatus: z
    .enum(['gateway', 'venue'])
    .default('gateway')
    .describe('Who answers its OrderStatusRequests (H): the gateway from its own table, or the venue.'),
  dontKnowTrade: z
    .enum(['venue', 'record'])
    .default('venue')
    .describe('Its DontKnowTrades (Q) are recorded and go on to the venue, or are recorded only.'),
  certificateName: text()
    .optional()
    .describe('Common or alternative name that the client’s certificate must have; needs `fix.client.tls.ca`.'),
  ...rules,
});

const client = z
  .strictObject({
    host: host(),
    port: port(9880),
    bufferedKbMax,
    sessions: z.array(clientSession).min(1).describe('The clients that may log on.'),
    tls: tls.optional(),
  })
  .describe('FIX acceptor: clients send orders here.');

const venue = z
  .strictObject({
    host: text().default('127.0.0.1').describe('Address of the venue.'),
    port: venuePort().default(9882).describe('TCP port of the venue.'),
    failover: z
      .array(z.strictObject({ host: text().describe('Address.'), port: venuePort().describe('TCP port.') }))
      .max(16)
      .default([])
      .describe('Further addresses of the venue, tried in turn when the one before them fails.'),
    hostPolicy: z
      .enum(['roundRobin', 'firstAgain'])
      .default('roundRobin')
      .describe('After a logged-on connection ended: the next address, or the first again.'),
    ...version,
    senderCompId: text().describe('SenderCompID (49) that we send: our name at the venue.'),
    targetCompId: text().describe('TargetCompID (56) that we send: the venue’s name.'),
    heartbeatSec: heartbeat,
    bufferedKbMax,
    reconnectMs: z
      .strictObject({
        first: count(100, 60_000).describe('The first wait, in ms.'),
        max: count(5_000, 600_000).describe('The longest wait, in ms.'),
      })
      .prefault({})
      .describe('Wait before a reconnect: `first`, doubled each time up to `max`, in ms.'),
    resendOrdersWithinMs: z
      .int()
      .min(0)
      .max(3_600_000)
      .default(0)
      .describe(
        'An order the venue asks for again is sent again when it is younger than this, else gap-filled; in ms.',
      ),
    tls: venueTls.optional(),
    ...rules,
  })
  .describe('FIX initiator: accepted orders go out here.');

const dropCopy = z
  .array(
    z.strictObject({
      from: text().describe('The session that is copied: a `targetCompId` of `fix.client.sessions`, or `venue`.'),
      to: text()
        .default('topic')
        .describe('Who gets the copies: another `targetCompId`, whose session then takes no requests, or `topic`.'),
      messages: z
        .enum(['executions', 'all'])
        .default('executions')
        .describe('ExecutionReports (8), or every application message that it sends or receives.'),
    }),
  )
  .max(64)
  .default([])
  .describe(
    'Copies of sessions as they happen, for another session, or for the topic `drop-copy` that WebSocket clients and sinks read.',
  );

const textLogs = z
  .strictObject({
    folder: text().describe('Folder of the files `FIX.4.4-US-THEM.messages.current.log` and `.event.current.log`.'),
    rotateMb: count(64, 65_536).describe('A file that has come to so many MiB becomes `….backup.N.log`.'),
    backups: count(8, 10_000).describe('Backups kept of each file, the newest.'),
  })
  .describe('Text files of what each session sends, receives and does, as QuickFIX writes them. Left out: none.');

export const fix = z.strictObject({ client, venue, dropCopy, textLogs: textLogs.optional() }).describe('FIX sessions.');
