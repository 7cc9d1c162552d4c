import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';

/** A request as an HTTP trading system got it. */
export interface PeerRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What an HTTP trading system answers; undefined: it never does. */
export type PeerAnswer = { readonly status: number; readonly body: string } | undefined;

/** An HTTP trading system: it notes what it got and answers by what it is told, request by request, the last for all further. */
export async function openHttpPeer(answers: readonly PeerAnswer[]): Promise<{
  readonly url: string;
  readonly requests: PeerRequest[];
  close(): void;
}> {
  const requests: PeerRequest[] = [];
  const server = createHttpServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (piece: string) => (body += piece));
    request.on('end', () => {
      const answer = answers[Math.min(requests.length, answers.length - 1)];
      requests.push({ headers: request.headers, body });
      if (answer !== undefined) response.writeHead(answer.status).end(answer.body);
    });
  });
  const port = await listen(server);
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}/orders`, requests, close };
}

/** A trading system that takes records over TCP: it notes what a connection brought, and answers `size` bytes with these. */
export async function openTcpPeer(
  size: number,
  answer: string,
): Promise<{ readonly port: number; readonly records: string[]; close(): void }> {
  const records: string[] = [];
  const server = createServer({ allowHalfOpen: true }, socket => {
    let taken = '';
    socket.on('error', () => {});
    socket.on('data', piece => {
      taken += piece.toString('latin1');
      if (taken.length < size) return;
      records.push(taken);
      socket.end(answer);
    });
  });
  return { port: await listen(server), records, close: () => void server.close() };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
