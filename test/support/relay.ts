import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Test } from 'tap';

const HOST = '127.0.0.1';

/** A TCP relay that can be cut, between an initiator and an acceptor. */
export async function openRelay(
  t: Test,
  targetPort: number,
): Promise<{ port: number; cut(): void; connections: number }> {
  const sockets = new Set<Socket>();
  const relay = { port: 0, connections: 0, cut: () => sockets.forEach(socket => socket.destroy()) };
  const server = createServer(socket => {
    relay.connections++;
    const target = connect(targetPort, HOST);
    for (const end of [socket, target]) {
      sockets.add(end);
      end.on('error', () => {});
      end.on('close', () => sockets.delete(end));
    }
    socket.pipe(target).pipe(socket);
  });
  await new Promise<void>(resolve => server.listen(0, HOST, resolve));
  relay.port = (server.address() as AddressInfo).port;
  t.teardown(() => {
    relay.cut();
    server.close();
  });
  return relay;
}
