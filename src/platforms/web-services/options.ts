import { z } from 'zod';

import { secret } from '../../broker/index.js';

const text = (): z.ZodString => z.string().min(1);

const auth = z
  .union([
    z.strictObject({
      basic: z.strictObject({
        username: text().describe('User name.'),
        password: secret,
      }),
    }),
    z.strictObject({ bearer: secret.describe('Token of the Authorization header.') }),
  ])
  .describe('How we say who we are: `basic` or `bearer`; a certificate is in `tls`.');

const tls = z
  .strictObject({
    cert: text().optional().describe('PEM file of our certificate (mTLS).'),
    key: text().optional().describe('PEM file of its key.'),
    ca: text().optional().describe('PEM file of the authorities the service’s certificate must come from.'),
    serverName: text().optional().describe('Name sent (SNI) and expected in the certificate; the host’s unless told.'),
  })
  .describe('TLS of https addresses.');

const path = z
  .string()
  .regex(/^\/[^\s?#]*(?:\?[^\s#]*)?$/, 'a path begins with / and has no spaces')
  .describe('Path, `{name}` in it a value of the call.');

const rest = z.strictObject({
  kind: z.literal('rest').describe('JSON over HTTP.'),
  method: z
    .enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
    .default('POST')
    .describe('Method; GET and DELETE have no body.'),
  path,
});

const xmlName = z.string().regex(/^[A-Za-z_][\w.-]*$/, 'a name of XML');

const soap = z.strictObject({
  kind: z.literal('soap').describe('SOAP over HTTP.'),
  path,
  operation: xmlName.describe('Element of the body that holds the values of a call.'),
  namespace: text().describe('Its namespace.'),
  action: z.string().optional().describe('SOAPAction; namespace and operation unless told.'),
  version: z.enum(['1.1', '1.2']).default('1.1').describe('Version of SOAP.'),
});

/** `webServices` of a platform. */
export const webServices = z
  .strictObject({
    baseUrl: z.url({ protocol: /^https?$/ }).describe('Address that paths are added to.'),
    auth: auth.optional(),
    tls: tls.optional(),
    headers: z.record(text(), z.string()).default({}).describe('Further headers of each request.'),
    timeoutMs: z.int().min(10).max(600_000).default(5_000).describe('An attempt that takes longer has failed.'),
    retries: z.int().min(0).max(10).default(3).describe('Attempts after the first, with backoff.'),
    retryFirstMs: z
      .int()
      .min(1)
      .max(60_000)
      .default(200)
      .describe('Wait before the second attempt, doubled for each further one.'),
    idempotencyHeader: text()
      .default('Idempotency-Key')
      .describe('Header with the key that all attempts of a call share.'),
    responseMaxKb: z.int().min(1).max(1_048_576).default(8_192).describe('A longer answer is refused, in KiB.'),
    endpoints: z.record(text(), z.discriminatedUnion('kind', [rest, soap])).describe('By the name that a call uses.'),
  })
  .describe('The platform’s web services.');

export type WebServicesOptions = z.output<typeof webServices>;
export type RestEndpoint = z.output<typeof rest>;
export type SoapEndpoint = z.output<typeof soap>;
