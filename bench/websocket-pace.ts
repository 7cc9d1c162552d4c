/**
 * The pace of a server under test: tick after tick between the lines `go` and `stop` of standard input, at most WINDOW messages
 * ahead of what the first subscriber says it has (`seen N`). So every server is held back in the same way, by what arrives.
 */
import { createInterface } from 'node:readline';

const WINDOW = 2000;

/** Calls `tick` to send `messages` messages to every subscriber, whenever the window has room. */
export function runPaced(messages: number, tick: () => void): void {
  let [running, sent, seen] = [false, 0, 0];
  function turn(): void {
    if (!running) return;
    if (sent - seen < WINDOW) {
      tick();
      sent += messages;
    }
    setImmediate(turn);
  }
  createInterface({ input: process.stdin }).on('line', line => {
    if (line.startsWith('seen ')) seen = Number(line.slice(5));
    else {
      const starts = line === 'go' && !running;
      running = line === 'go';
      if (starts) turn();
    }
  });
}
