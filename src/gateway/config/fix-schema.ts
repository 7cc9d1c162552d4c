import { z } from 'zod';

import { count, host, port, text } from './values.js';

const beginString = z.enum(['FIX.4.2', 'FIX.4.4']).default('FIX.4.4').describe('BeginString (8).');

const tls = z
  .strictObject({
    cert: text().describe('PEM file of our certificate.'),
    key: text().describe('PEM file of its key.'),
    ca: text().optional().describe('PEM file of the authorities the peer’s certificate must come from.'),
  })
  .describe('TLS for this listener or connection.');

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
  beginString,
  senderCompId: text().describe('SenderCompID (49) that we send: our name.'),
  targetCompId: text().describe('TargetCompID (56) that we send: the client’s name.'),
  account: text().optional().describe('Account (1) of orders that carry none.'),
  cancelOnDisconnect: cancelOnDisconnect.optional(),
  throttleIn: throttleIn.optional(),
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
    port: z.int().min(1).max(65_535).default(9882).describe('TCP port of the venue.'),
    beginString,
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
    tls: tls.optional(),
  })
  .describe('FIX initiator: accepted orders go out here.');

export const fix = z.strictObject({ client, venue }).describe('FIX sessions.');
