import { readFileSync } from 'node:fs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Registry } from 'prom-client';
import { z } from 'zod';

import type { Role } from '../http/index.js';
import type { Caller } from '../orders/index.js';
import type { LivePages } from './live.js';
import { sessionRoutes } from './session-routes.js';
import { HALT_SCOPES, type GatewayView, type HaltRequest } from './view.js';

/** What the handlers work on. */
export interface RouteContext {
  readonly view: GatewayView;
  readonly metrics: Registry;
  readonly pages: LivePages;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly role: Role;
  readonly summary: string;
  /** Needs a token even where none is configured, and what is refused of it is written down: who asked what. */
  readonly isCommand?: true;
  handle(context: RouteContext, request: FastifyRequest, reply: FastifyReply, caller: Caller): unknown;
}

function asset(name: string, type: string): Route {
  const body = readFileSync(new URL(`page/${name}`, import.meta.url));
  return {
    method: 'GET',
    path: name === 'index.html' ? '/' : `/${name}`,
    role: 'viewer',
    summary: 'The page; it loads nothing from elsewhere.',
    handle: (_, __, reply) => reply.type(type).header('cache-control', 'no-cache').send(body),
  };
}

const haltRequest = z
  .strictObject({
    scope: z.enum(HALT_SCOPES),
    id: z.string().max(64).default(''),
    reason: z.string().min(1).max(500),
  })
  .refine(({ scope, id }) => (scope === 'firm') === (id === ''), 'id names the account or symbol; a firm has none');

function parseHalt(body: unknown, reply: FastifyReply): HaltRequest | undefined {
  const result = haltRequest.safeParse(body);
  if (result.success) return result.data;
  reply.code(400).send({ code: 'HR_BAD_REQUEST', message: z.prettifyError(result.error) });
  return undefined;
}

function readiness({ view }: RouteContext, request: FastifyRequest, reply: FastifyReply): unknown {
  const { ok, reasons } = view.ready();
  reply.code(ok ? 200 : 503);
  const isVerbose = 'verbose' in (request.query as object);
  return isVerbose ? reply.send({ ready: ok, reasons }) : reply.type('text/plain').send(ok ? 'ready\n' : 'not ready\n');
}

/** Every address of the page's port, with who may use it. */
export function routes(): readonly Route[] {
  return [
    asset('index.html', 'text/html; charset=utf-8'),
    asset('page.css', 'text/css; charset=utf-8'),
    asset('page.js', 'text/javascript; charset=utf-8'),
    asset('sessions.js', 'text/javascript; charset=utf-8'),
    {
      method: 'GET',
      path: '/live',
      role: 'viewer',
      summary: 'What the page draws, once a second, as server-sent events.',
      handle: ({ pages }, _, reply) => {
        reply.hijack();
        if (!pages.add(reply.raw)) reply.raw.writeHead(503).end();
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      role: 'viewer',
      summary: 'Prometheus metrics.',
      handle: async ({ metrics }, _, reply) => reply.type(metrics.contentType).send(await metrics.metrics()),
    },
    {
      method: 'GET',
      path: '/livez',
      role: 'public',
      summary: '200 while the process turns.',
      handle: (_, __, reply) => reply.type('text/plain').send('alive\n'),
    },
    {
      method: 'GET',
      path: '/readyz',
      role: 'public',
      summary: '200 when clients may connect, else 503; `?verbose` says why not.',
      handle: readiness,
    },
    {
      method: 'GET',
      path: '/admin/halts',
      role: 'viewer',
      summary: 'Halts in force.',
      handle: ({ view }) => ({ halts: view.halts() }),
    },
    {
      method: 'POST',
      path: '/admin/halts',
      role: 'operator',
      summary: 'Halts firm, account or symbol: { scope, id, reason }. Answers when no further order can leave.',
      handle: async ({ view }, { body }, reply) => {
        const request = parseHalt(body, reply);
        return request === undefined ? reply : view.halt(request);
      },
    },
    {
      method: 'DELETE',
      path: '/admin/halts',
      role: 'operator',
      summary: 'Ends a halt: { scope, id, reason }.',
      handle: async ({ view }, { body }, reply) => {
        const request = parseHalt(body, reply);
        return request === undefined ? reply : view.resume(request);
      },
    },
    ...sessionRoutes(),
  ];
}
