import type { FastifyReply, FastifyRequest } from 'fastify';

import { HeadraceError } from '../model/index.js';
import type { SignalAnswer, SignalBridge } from '../signals/index.js';
import { sendProblem } from './problem.js';
import type { Route, RouteContext } from './routes.js';

const SIGNALS = '/signals';
/** Status by what became of a signal: a fault is that of the way behind us. */
const STATUS: Readonly<Record<SignalAnswer['status'], number>> = { SENT: 200, REJECTED: 422, ERROR: 502 };

type Handle = (bridge: SignalBridge, request: FastifyRequest, reply: FastifyReply) => unknown;

function withBridge(handle: Handle): Route['handle'] {
  return ({ view }: RouteContext, request, reply) => {
    const bridge = view.signals?.();
    if (bridge !== undefined) return handle(bridge, request, reply);
    return sendProblem(reply, 404, 'HR_NO_SIGNALS', 'the configuration has no section signals');
  };
}

function idOf({ params }: FastifyRequest): string {
  return (params as { id: string }).id;
}

/** A request without a body has none of its bytes either. */
function bytesOf({ body }: FastifyRequest): Uint8Array {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

async function process(bridge: SignalBridge, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const answer = await bridge.processJson(bytesOf(request));
  return reply.code(STATUS[answer.status]).send(answer);
}

function show(bridge: SignalBridge, request: FastifyRequest, reply: FastifyReply): unknown {
  const found = bridge.getExecution(idOf(request));
  return found ?? sendProblem(reply, 404, 'HR_SIGNAL_UNKNOWN', 'no signal of this id is remembered');
}

async function report(bridge: SignalBridge, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  try {
    return await bridge.reportJson(idOf(request), bytesOf(request));
  } catch (error) {
    const isRefused = error instanceof HeadraceError && error.code.startsWith('HR_SIGNAL');
    if (!isRefused) throw error;
    return sendProblem(reply, error.code === 'HR_SIGNAL_UNKNOWN' ? 404 : 422, error.code, error.message);
  }
}

/** Signals by HTTP. Their bodies are read with all their digits, so they come here as bytes. */
export function signalRoutes(): readonly Route[] {
  return [
    {
      method: 'POST',
      path: SIGNALS,
      role: 'operator',
      summary: 'Takes a signal; 200 when its order was sent, 422 when it was rejected, 502 for a fault.',
      handle: withBridge(process),
    },
    {
      method: 'GET',
      path: `${SIGNALS}/:id`,
      role: 'viewer',
      summary: 'What became of a signal.',
      handle: withBridge(show),
    },
    {
      method: 'POST',
      path: `${SIGNALS}/:id/reports`,
      role: 'operator',
      summary:
        'What a trading system of its own says of the order: { state, cumQty?, lastPx?, avgPx?, orderId?, execId?, text? }.',
      handle: withBridge(report),
    },
  ];
}
