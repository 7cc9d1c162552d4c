/** What the clock asks of a session that is logged on. */
export type HeartbeatDue = 'nothing' | 'heartbeat' | 'testRequest' | 'timedOut';

// Of HeartBtInt: when silence is asked about, and when it ends the connection.
const TEST_REQUEST_AFTER = 1.2;
const TIMEOUT_AFTER = 2.4;

/** When something was last sent and received, in ms of the session's clock, and what follows from that. */
export class Heartbeats {
  intervalMs = 0;
  lastSentMs = 0;
  lastReceivedMs = 0;
  #testRequests = 0;

  start(nowMs: number, intervalMs: number): void {
    this.intervalMs = intervalMs;
    this.lastSentMs = nowMs;
    this.received(nowMs);
  }

  received(nowMs: number): void {
    this.lastReceivedMs = nowMs;
    this.#testRequests = 0;
  }

  /** What is due now; a TestRequest is counted as sent. */
  due(nowMs: number): HeartbeatDue {
    if (this.intervalMs === 0) return 'nothing';
    const silentMs = nowMs - this.lastReceivedMs;
    if (silentMs >= TIMEOUT_AFTER * this.intervalMs) return 'timedOut';
    if (silentMs >= TEST_REQUEST_AFTER * (this.#testRequests + 1) * this.intervalMs) {
      this.#testRequests++;
      return 'testRequest';
    }
    const idle = nowMs - this.lastSentMs >= this.intervalMs;
    return idle && this.#testRequests === 0 ? 'heartbeat' : 'nothing';
  }
}
