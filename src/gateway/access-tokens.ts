import { readSecret } from '../broker/index.js';
import type { AccessToken } from '../http/index.js';
import type { GatewayConfig } from './config/index.js';

/** The tokens of `admin.tokens`, read from where the config says they are. Throws ConfigError naming a reference that cannot be read. */
export function accessTokens({ admin }: GatewayConfig, folder: string): AccessToken[] {
  return admin.tokens.map(({ token, role, name }) => ({ token: readSecret(token, folder), role, name }));
}
