import { z } from 'zod';

import { secret } from '../broker/index.js';
import { WEEKDAYS, scheduleFault } from '../session/index.js';
import { PROFILE_NAMES } from './profiles/index.js';
import { webServices } from './web-services/options.js';

const text = (): z.ZodString => z.string().min(1);
const tag = z
  .int()
  .min(1)
  .max(2 ** 31 - 1);
/** A field's value: YAML may write a number without quotes. */
const value = z.union([z.string().min(1), z.int()]).transform(String);
const tagKey = z.string().regex(/^[1-9][0-9]{0,9}$/, 'a field is named by its tag, such as 100');

const tls = z
  .strictObject({
    cert: text().optional().describe('PEM file of our certificate.'),
    key: text().optional().describe('PEM file of its key.'),
    ca: text().optional().describe('PEM file of the authorities the platform’s certificate must come from.'),
    serverName: text().optional().describe('Name sent (SNI) and expected in the certificate; the host’s unless told.'),
    minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.2').describe('Oldest version of TLS that is taken.'),
  })
  .describe('TLS for the session.');

const schedule = z
  .strictObject({
    kind: z.enum(['nonStop', 'daily', 'weekly']).default('nonStop').describe('How often a period begins.'),
    startTime: text().optional().describe('`HH:MM` or `HH:MM:SS` on the zone’s clock.'),
    endTime: text().optional().describe('The end, itself outside.'),
    startDay: z.enum(WEEKDAYS).optional().describe('Weekly: the day of the start.'),
    endDay: z.enum(WEEKDAYS).optional().describe('Weekly: the day of the end.'),
    weekdays: z.array(z.enum(WEEKDAYS)).optional().describe('Daily: the days on which a period begins.'),
    timeZone: text().optional().describe('IANA name of the zone; UTC unless told.'),
    resetSeqTime: text().optional().describe('Time of day at which the sequence numbers begin again.'),
  })
  .superRefine((given, context) => {
    const fault = scheduleFault(given);
    if (fault !== undefined) context.addIssue({ code: 'custom', path: [fault.key], message: fault.reason });
  })
  .prefault({})
  .describe('When the session may be logged on; docs/fix.md, Times.');

const session = z
  .strictObject({
    beginString: text().optional().describe('Version; the first of the profile unless told.'),
    senderCompId: text().describe('SenderCompID (49) that we send: the desk’s name.'),
    targetCompId: text().describe('TargetCompID (56) that we send: the platform’s name.'),
    role: z.enum(['initiator', 'acceptor']).default('initiator').describe('Whether we connect or the platform does.'),
    host: text().default('127.0.0.1').describe('Where we connect, or listen.'),
    port: z.int().min(0).max(65_535).describe('TCP port.'),
    heartBtIntSeconds: z.int().min(1).max(3_600).optional().describe('HeartBtInt (108); the profile’s unless told.'),
    resetOnLogon: z.boolean().default(false).describe('Sequence numbers begin again with each logon.'),
    username: text().optional().describe('Username (553) of our Logon.'),
    password: secret.optional().describe('Password (554) of our Logon.'),
    reconnectSeconds: z.int().min(1).max(3_600).default(5).describe('Longest wait before the next attempt.'),
    store: text().optional().describe('Folder of its file store; in memory unless told.'),
    tls: tls.optional(),
    schedule,
  })
  .describe('The FIX session with the platform.');

const rules = z.strictObject({
  required: z.array(tag).optional().describe('Tags that the message must have, beside those of standard and profile.'),
  forbidden: z.array(tag).optional().describe('Tags that it must not have.'),
  defaults: z.record(tagKey, value).optional().describe('Values by tag, written where the order says nothing.'),
  values: z
    .record(tagKey, z.record(z.string(), value))
    .optional()
    .describe('By tag, the desk’s words for values and the platform’s.'),
});

const customTag = z.strictObject({
  tag: tag.describe('5000 or above; 20000 to 39999 are for two parties to agree on.'),
  name: text().describe('Its name in refusals and logs.'),
  type: z
    .enum(['STRING', 'CHAR', 'INT', 'QTY', 'PRICE', 'AMT', 'FLOAT', 'BOOLEAN', 'UTCTIMESTAMP', 'LOCALMKTDATE'])
    .default('STRING')
    .describe('Type of the standard.'),
  values: z.array(value).min(1).optional().describe('The values allowed; any unless told.'),
  messages: z.array(text()).min(1).describe('MsgTypes it may stand in.'),
});

/** One platform: `tradingPlatforms.NAME`. */
export const platformOptions = z.strictObject({
  profile: z
    .enum(PROFILE_NAMES)
    .optional()
    .describe('Kind of platform; left out, the platform’s own name is that of a profile.'),
  session,
  connectTimeoutMs: z
    .int()
    .min(100)
    .max(600_000)
    .default(10_000)
    .describe('A platform that is not logged on after this is FAILED; it is tried further.'),
  messages: z.record(text(), rules).optional().describe('Rules by MsgType, beside those of the profile.'),
  customTags: z.array(customTag).optional().describe('Fields that the standard has not, in the session’s dictionary.'),
  webServices: webServices.optional(),
});

export type PlatformOptions = z.output<typeof platformOptions>;
/** What a user writes, before defaults. */
export type PlatformOptionsInput = z.input<typeof platformOptions>;

/** A file of platforms; each is judged by itself, so that one that is wrong does not stop the others. */
export const platformsFile = z.strictObject({ tradingPlatforms: z.record(z.string(), z.unknown()) });

/** The whole of such a file. */
export const platformsSchema = z.strictObject({ tradingPlatforms: z.record(z.string().min(1), platformOptions) });

export function unnamedProfile(name: string): string {
  return `${name} is the name of no profile; say which by profile: ${PROFILE_NAMES.join(' | ')}`;
}
