import { loadUws, uwsDriver } from './uws-driver.js';
import type { WebSocketDriver } from './data-socket.js';
import { wsDriver } from './ws-driver.js';

export {
  type DataServer,
  type DataServerOptions,
  type DataSocket,
  type DataSocketHandlers,
  type UpgradeRequest,
  type WebSocketDriver,
} from './data-socket.js';
export { Access, bearerToken, ROLES, type AccessToken, type Identity, type Role } from './access.js';
export { hostName, isLoopback, isSameSite } from './same-site.js';
export { loadUws };

/** The WebSocket drivers by the name a config gives them. */
const webSocketDrivers = { uws: uwsDriver, ws: wsDriver };

/** `auto` is uWebSockets.js where it loads, with the reason on `onFallback` where it does not. */
export async function chooseDriver(
  name: 'auto' | 'uws' | 'ws',
  onFallback: (reason: string) => void = () => {},
): Promise<WebSocketDriver> {
  if (name !== 'auto') return webSocketDrivers[name];
  const library = await loadUws();
  if (typeof library !== 'string') return uwsDriver;
  onFallback(`uWebSockets.js does not load (${library}); the slower ws serves`);
  return wsDriver;
}
