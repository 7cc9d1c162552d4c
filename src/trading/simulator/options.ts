import type { Address } from '../tls.js';

export interface CounterpartySession {
  readonly senderCompID: string;
  readonly targetCompID: string;
}

/** A symbol to trade and the price its orders are near to, in whole cents. */
export interface CounterpartySymbol {
  readonly name: string;
  readonly priceCents: number;
}

export interface CounterpartyOptions {
  /** Where the gateway takes clients. */
  readonly gateway: Address;
  /** Where the venue listens; port 0 takes a free one. */
  readonly venue: Address;
  /** Our names as the client, and as the venue. */
  readonly clientSession: CounterpartySession;
  readonly venueSession: CounterpartySession;
  readonly beginString: 'FIX.4.2' | 'FIX.4.4';
  readonly ordersPerSecond: number;
  readonly seed: number;
  readonly accounts: readonly string[];
  readonly symbols: readonly CounterpartySymbol[];
  /**
   * Of a hundred new orders, those made to break a limit: too large, too far from the price, symbol not known, symbol restricted, ClOrdID used,
   * the same order again.
   */
  readonly breakLimitsPercent: number;
  /** Shares of a right order, and of one that is too large. */
  readonly quantityMax: number;
  readonly quantityTooLarge: number;
  readonly restrictedSymbol: string;
  /** Of a hundred orders at the venue. */
  readonly venueRejectPercent: number;
  readonly venueFillPercent: number;
  readonly venuePartialFillPercent: number;
  /** Orders open at the client, and at the venue, which cancels the oldest when it has more. */
  readonly openOrdersMax: number;
  /** Keeps both sessions' numbers over restarts; without it the client resets them at logon and the venue begins at 1. */
  readonly stateFile?: string;
}

export const COUNTERPARTY_DEFAULTS: CounterpartyOptions = {
  gateway: { host: '127.0.0.1', port: 9880 },
  venue: { host: '127.0.0.1', port: 9882 },
  clientSession: { senderCompID: 'DESK', targetCompID: 'HEADRACE' },
  venueSession: { senderCompID: 'VENUE', targetCompID: 'HEADRACE' },
  beginString: 'FIX.4.4',
  ordersPerSecond: 200,
  seed: 1,
  accounts: ['A001', 'A002', 'A003'],
  symbols: [
    { name: 'IBM', priceCents: 18_725 },
    { name: 'MSFT', priceCents: 41_050 },
  ],
  breakLimitsPercent: 5,
  quantityMax: 500,
  quantityTooLarge: 50_000_000,
  restrictedSymbol: 'EMBARGO',
  venueRejectPercent: 2,
  venueFillPercent: 45,
  venuePartialFillPercent: 25,
  openOrdersMax: 2_000,
};

/** What the client and the venue sent and received since the start; each message is counted once. */
export interface CounterpartyCounts {
  readonly client: {
    ordersSent: number;
    cancelsSent: number;
    replacesSent: number;
    /** ExecutionReports, by what they say. */
    accepted: number;
    refused: number;
    partialFills: number;
    fills: number;
    canceled: number;
    replaced: number;
    /** OrderCancelRejects, and Rejects and BusinessMessageRejects. */
    cancelRejects: number;
    rejects: number;
    logons: number;
    /** Refusals by the first word of their Text, which is the gateway's rule. */
    refusedByRule: Record<string, number>;
  };
  readonly venue: {
    ordersReceived: number;
    cancelsReceived: number;
    replacesReceived: number;
    reportsSent: number;
    fillsSent: number;
    rejectsSent: number;
    logons: number;
  };
}

export function emptyCounts(): CounterpartyCounts {
  return {
    client: {
      ordersSent: 0,
      cancelsSent: 0,
      replacesSent: 0,
      accepted: 0,
      refused: 0,
      partialFills: 0,
      fills: 0,
      canceled: 0,
      replaced: 0,
      cancelRejects: 0,
      rejects: 0,
      logons: 0,
      refusedByRule: {},
    },
    venue: {
      ordersReceived: 0,
      cancelsReceived: 0,
      replacesReceived: 0,
      reportsSent: 0,
      fillsSent: 0,
      rejectsSent: 0,
      logons: 0,
    },
  };
}
