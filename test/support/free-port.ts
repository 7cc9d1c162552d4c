import { createServer, type AddressInfo } from 'node:net';

/** Loopback ports that were free a moment ago, each another. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  for (const server of servers) await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const ports = servers.map(server => (server.address() as AddressInfo).port);
  for (const server of servers) await new Promise(resolve => server.close(resolve));
  return ports;
}

/** One of them, for two parts that must both know it before either listens. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port as number;
}

/**
 * A free port below those that systems give to outgoing connections (32768 up). For a listener that goes away and comes back: a client that
 * keeps trying could meanwhile be given that very port for its own end, and be connected to itself.
 */
export async function lastingPort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer();
    const isFree = await new Promise<boolean>(resolve => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise(resolve => server.close(resolve));
    return port;
  }
}
