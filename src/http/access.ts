import { createHash, timingSafeEqual } from 'node:crypto';

/** `public` needs no token; an operator may all a viewer may. */
export const ROLES = ['public', 'viewer', 'operator'] as const;

export type Role = (typeof ROLES)[number];

export interface AccessToken {
  readonly token: string;
  readonly role: Exclude<Role, 'public'>;
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Who may do what. Without any token everybody is an operator, which is why only loopback may then be bound. */
export class Access {
  readonly isOpen: boolean;
  // Hashes, so that the tokens are in no heap dump and comparing takes the same time for every guess.
  readonly #tokens: readonly { readonly hash: Buffer; readonly role: Role }[];

  constructor(tokens: readonly AccessToken[]) {
    this.#tokens = tokens.map(({ token, role }) => ({ hash: digest(token), role }));
    this.isOpen = tokens.length === 0;
  }

  roleOf(token: string | undefined): Role {
    if (this.isOpen) return 'operator';
    if (token === undefined) return 'public';
    const hash = digest(token);
    const matches = this.#tokens.filter(known => timingSafeEqual(known.hash, hash));
    return matches[0]?.role ?? 'public';
  }

  allows(token: string | undefined, role: Role): boolean {
    return ROLES.indexOf(this.roleOf(token)) >= ROLES.indexOf(role);
  }

  /** The same for a WebSocket's request: `Authorization: Bearer …`, or `?token=…` from a browser. */
  allowsUpgrade({ authorization, query }: { readonly authorization: string; readonly query: string }): boolean {
    return this.allows(bearerToken(authorization) ?? new URLSearchParams(query).get('token') ?? undefined, 'viewer');
  }
}

export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}
