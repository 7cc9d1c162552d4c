import type { AddressInfo } from 'node:net';

import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

import { bearerToken, hostName, isLoopback, isSameSite, type Access } from '../http/index.js';
import { ConfigError, HeadraceError, listenError } from '../model/index.js';
import type { Log } from '../observe/index.js';
import type { Caller } from '../orders/index.js';
import { LivePages } from './live.js';
import { createMetrics } from './metrics.js';
import { sendProblem } from './problem.js';
import { routes, type Route, type RouteContext } from './routes.js';
import { signalRoutes } from './signal-routes.js';
import type { GatewayView } from './view.js';

export interface DashboardOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly view: GatewayView;
  readonly access: Access;
  readonly log: Log;
}

export interface Dashboard {
  readonly port: number;
  close(): Promise<void>;
}

const BODY_SIZE_MAX = 16_384;
const COOKIE = 'headrace_token';

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

function tokenOf({ headers }: FastifyRequest): string | undefined {
  const cookie = new RegExp(`(?:^|; *)${COOKIE}=([^;]+)`).exec(headers.cookie ?? '')?.[1];
  return bearerToken(headers.authorization) ?? (cookie === undefined ? undefined : decodeURIComponent(cookie));
}

/** A browser enters by `/?token=…` once; from then on a cookie that no script and no other site can use carries the token. */
function enterByLink(access: Access, request: FastifyRequest, reply: FastifyReply): boolean {
  const { token } = request.query as { token?: unknown };
  if (request.method !== 'GET' || typeof token !== 'string' || !access.allows(token, 'viewer')) return false;
  const cookie = `${COOKIE}=${encodeURIComponent(token)}; HttpOnly; SameSite=Strict; Path=/`;
  void reply.header('set-cookie', cookie).redirect('/');
  return true;
}

/** Without tokens a name of another site may not point here (DNS rebinding); with them the token decides. */
function isOurs(request: FastifyRequest, { access, host }: DashboardOptions): boolean {
  const name = hostName(request.headers.host ?? '');
  const isKnown = name !== undefined && (isLoopback(name) || name === host);
  const isSafe =
    request.method === 'GET' || isSameSite({ origin: request.headers.origin ?? '', host: request.headers.host ?? '' });
  return (isKnown || !access.isOpen) && isSafe;
}

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const NO_TOKENS =
  'commands to FIX sessions need a token, and the configuration has none: give admin.tokens one of role operator or admin';

function refusalOf(route: Route, options: DashboardOptions, request: FastifyRequest): Refusal | undefined {
  const { access } = options;
  if (route.role !== 'public' && !isOurs(request, options))
    return { status: 403, code: 'HR_FORBIDDEN', message: 'the request comes from another site' };
  if (route.isCommand && access.isOpen) return { status: 403, code: 'HR_NO_TOKENS', message: NO_TOKENS };
  if (access.allows(tokenOf(request), route.role)) return undefined;
  const article = /^[ao]/.test(route.role) ? 'an' : 'a';
  const message = `needs the token of ${article} ${route.role}: Authorization: Bearer …, or /?token=… in a browser`;
  return { status: 401, code: 'HR_UNAUTHORIZED', message };
}

function callerOf(request: FastifyRequest, access: Access): Caller {
  return { ...access.identityOf(tokenOf(request)), from: request.ip };
}

/** A command's refusal is a problem, and is written down. */
function refuse(route: Route, options: DashboardOptions, request: FastifyRequest, reply: FastifyReply) {
  return ({ status, code, message }: Refusal): void => {
    if (route.isCommand !== true) return void reply.code(status).send({ code, message });
    const caller = callerOf(request, options.access);
    options.view.denied({ caller, request: `${request.method} ${request.url}`, code });
    sendProblem(reply, status, code, message);
  };
}

function admit(route: Route, options: DashboardOptions) {
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const refusal = refusalOf(route, options, request);
    if (refusal === undefined) done();
    else if (refusal.status !== 401 || !enterByLink(options.access, request, reply))
      refuse(route, options, request, reply)(refusal);
  };
}

function addRoute(server: FastifyInstance, route: Route, context: RouteContext, options: DashboardOptions): void {
  server.route({
    method: route.method,
    url: route.path,
    onRequest: admit(route, options),
    handler: (request, reply) => route.handle(context, request, reply, callerOf(request, options.access)),
    errorHandler: (error, request, reply) =>
      answerError(options.log, refusal => refuse(route, options, request, reply)(refusal))(error),
  });
}

/** In a scope of its own, as its bodies come as bytes. */
async function addSignals(server: FastifyInstance, context: RouteContext, options: DashboardOptions): Promise<void> {
  await server.register((scope, _, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
    for (const route of signalRoutes()) addRoute(scope, route, context, options);
    done();
  });
}

/** Says what went wrong, without what is inside of us. */
function answerError(log: Log, answer: (refusal: Refusal) => void) {
  return (error: unknown): void => {
    const { statusCode = 500, message } = error as { statusCode?: number; message: string };
    if (error instanceof HeadraceError) {
      answer({ status: error.retryable ? 503 : 409, code: error.code, message });
      return;
    }
    if (statusCode >= 500) log.error({ err: error }, 'an HTTP request failed');
    answer({ status: statusCode, code: 'HR_HTTP', message: statusCode >= 500 ? 'internal error' : message });
  };
}

/** Page, admin and metrics on one port. Throws ConfigError when an address others can reach would be open without tokens. */
export async function startDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { host, port, view, access } = options;
  if (access.isOpen && !isLoopback(host))
    throw new ConfigError(
      'HR_CONFIG_OPEN_PAGE',
      `without admin.tokens only a loopback address may be bound, not ${host}`,
    );
  const server = fastify({ logger: false, bodyLimit: BODY_SIZE_MAX, forceCloseConnections: true });
  const pages = new LivePages(view);
  const context = { view, metrics: createMetrics(view), pages };
  server.addHook('onSend', async (_, reply) => void reply.headers(HEADERS));
  for (const route of routes()) addRoute(server, route, context, options);
  await addSignals(server, context, options);
  try {
    await server.listen({ host, port });
  } catch (cause) {
    throw listenError(host, port, cause as Error);
  }
  return {
    port: (server.server.address() as AddressInfo).port,
    close: async () => {
      pages.close();
      await server.close();
    },
  };
}
