import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';

/** Answers with a problem of RFC 9457, `code` beside its members. */
export function sendProblem(reply: FastifyReply, status: number, code: string, detail: string): FastifyReply {
  const problem = { type: 'about:blank', title: STATUS_CODES[status] ?? '', status, detail, code };
  return reply.code(status).type('application/problem+json').send(JSON.stringify(problem));
}
