import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

import type { Caller, SessionAnswer, SessionOperation, SessionView } from '../orders/index.js';
import { sendProblem } from './problem.js';
import type { Route, RouteContext } from './routes.js';

const SESSIONS = '/admin/fix/sessions';
const MSG_SEQ_NUM_MAX = 2 ** 31 - 1;

const msgSeqNum = z.int().min(1).max(MSG_SEQ_NUM_MAX);
const reason = z.string().max(500).default('');
const force = z.boolean().default(false);
const plain = z.strictObject({ reason });

/** What a command's body says: the operation, and the operator's words. */
type Read = (body: unknown) => { readonly operation: SessionOperation; readonly reason: string };

function withoutFields(kind: 'enable' | 'disable' | 'testRequest'): Read {
  return body => ({ operation: { kind }, ...plain.parse(body ?? {}) });
}

const sequence = z
  .strictObject({ nextIn: msgSeqNum.optional(), nextOut: msgSeqNum.optional(), force, reason })
  .refine(({ nextIn, nextOut }) => nextIn !== undefined || nextOut !== undefined, 'give nextIn, nextOut or both');
const reset = z.strictObject({ force, reason });
const replay = z
  .strictObject({
    from: msgSeqNum,
    to: msgSeqNum,
    target: z.enum(['caller', 'counterparty']).default('caller'),
    reason,
  })
  .refine(({ from, to }) => from <= to, '`from` is above `to`');

function readSequence(body: unknown): ReturnType<Read> {
  const { reason: words, ...numbers } = sequence.parse(body);
  return { operation: { kind: 'setSequence', ...numbers }, reason: words };
}

function readReset(body: unknown): ReturnType<Read> {
  const { reason: words, ...given } = reset.parse(body ?? {});
  return { operation: { kind: 'reset', ...given }, reason: words };
}

function readReplay(body: unknown): ReturnType<Read> {
  const { reason: words, ...range } = replay.parse(body);
  return { operation: { kind: 'replay', ...range }, reason: words };
}

function sessionOf({ params }: FastifyRequest): string {
  return (params as { session: string }).session;
}

/** By its name, or by the other side's CompID where only one has that. */
function findSession({ view }: RouteContext, name: string): SessionView | undefined {
  const sessions = view.sessions();
  const named = sessions.filter(session => session.name.endsWith(`->${name}`));
  return sessions.find(session => session.name === name) ?? (named.length === 1 ? named[0] : undefined);
}

function showSession(context: RouteContext, request: FastifyRequest, reply: FastifyReply): unknown {
  const found = findSession(context, sessionOf(request));
  if (found !== undefined) return found;
  const known = context.view.sessions().map(({ name }) => name);
  return sendProblem(reply, 404, 'HR_FIX_NO_SESSION', `no such session; there are ${known.join(', ')}`);
}

function statusOf({ code }: Extract<SessionAnswer, { ok: false }>): number {
  if (code === 'HR_FIX_NO_SESSION') return 404;
  return code === 'HR_CLOSED' ? 503 : 409;
}

/** One way for each command: its body is read, the lane judges it, writes it down and does it; a body that is none is written down too. */
function command(name: string, role: 'operator' | 'admin', read: Read, summary: string): Route {
  return {
    method: 'POST',
    path: `${SESSIONS}/:session/${name}`,
    role,
    isCommand: true,
    summary,
    handle: async ({ view }, request, reply, caller: Caller) => {
      let asked: ReturnType<Read>;
      try {
        asked = read(request.body);
      } catch (error) {
        if (!(error instanceof z.ZodError)) throw error;
        view.denied({ caller, request: `POST ${request.url}`, code: 'HR_BAD_REQUEST' });
        return sendProblem(reply, 400, 'HR_BAD_REQUEST', z.prettifyError(error));
      }
      const answer = await view.session({ caller, session: sessionOf(request), ...asked });
      if (!answer.ok) return sendProblem(reply, statusOf(answer), answer.code, answer.reason);
      const { ok: _, ...result } = answer;
      return result;
    },
  };
}

/** Looking at FIX sessions, and the commands to them. */
export function sessionRoutes(): readonly Route[] {
  return [
    {
      method: 'GET',
      path: SESSIONS,
      role: 'viewer',
      summary: 'The FIX sessions.',
      handle: ({ view }) => ({ sessions: view.sessions() }),
    },
    { method: 'GET', path: `${SESSIONS}/:session`, role: 'viewer', summary: 'One FIX session.', handle: showSession },
    command('sequence', 'admin', readSequence, 'Sets next numbers: { nextIn?, nextOut?, force?, reason? }.'),
    command('reset', 'admin', readReset, 'Both numbers begin at 1 again: { force?, reason? }.'),
    command('enable', 'operator', withoutFields('enable'), 'Lets it log on again: { reason? }.'),
    command('disable', 'operator', withoutFields('disable'), 'Logs it out, and lets nobody log on: { reason? }.'),
    command('test-request', 'operator', withoutFields('testRequest'), 'Sends a TestRequest: { reason? }.'),
    command(
      'replay',
      'operator',
      readReplay,
      'Stored messages: { from, to, target?: caller | counterparty, reason? }.',
    ),
  ];
}
