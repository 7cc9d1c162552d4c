import { createHash, timingSafeEqual } from 'node:crypto';

/** `public` needs no token; each may all that those before it may. */
export const ROLES = ['public', 'viewer', 'operator', 'admin'] as const;

export type Role = (typeof ROLES)[number];

export interface AccessToken {
  readonly token: string;
  readonly role: Exclude<Role, 'public'>;
  /** Whom it names in the journal; without it the role and its place in the list. */
  readonly name?: string | undefined;
}

/** Who sent a request: the name and role of its token. */
export interface Identity {
  readonly name: string;
  readonly role: Role;
}

const NOBODY: Identity = { name: '', role: 'public' };
const EVERYBODY: Identity = { name: 'anybody', role: 'operator' };

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Who may do what. Without any token everybody is an operator, which is why only loopback may then be bound. */
export class Access {
  readonly isOpen: boolean;
  // Hashes, so that the tokens are in no heap dump and comparing takes the same time for every guess.
  readonly #tokens: readonly { readonly hash: Buffer; readonly identity: Identity }[];

  constructor(tokens: readonly AccessToken[]) {
    this.#tokens = tokens.map(({ token, role, name = '' }, index) => ({
      hash: digest(token),
      identity: { name: name || `${role}-${index + 1}`, role },
    }));
    this.isOpen = tokens.length === 0;
  }

  identityOf(token: string | undefined): Identity {
    if (this.isOpen) return EVERYBODY;
    if (token === undefined) return NOBODY;
    const hash = digest(token);
    const matches = this.#tokens.filter(known => timingSafeEqual(known.hash, hash));
    return matches[0]?.identity ?? NOBODY;
  }

  roleOf(token: string | undefined): Role {
    return this.identityOf(token).role;
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
