import { copybookDecode, copybookEncode, copybookJson } from './copybook.bench.js';
import { copybookFiles } from './copybook-files.bench.js';
import { fixDecodeQuestion, fixEncodeQuestion } from './fix.bench.js';
import { fixWire } from './fix-wire.bench.js';
import { generated } from './generated.bench.js';
import type { Question } from './harness.js';
import { journal } from './journal.bench.js';
import { kafka } from './kafka.bench.js';
import { lane } from './lane.bench.js';
import { ring } from './ring.bench.js';
import { webSocket } from './websocket.bench.js';
import { risk } from './risk.bench.js';

/** Every question by the name `npm run bench` takes, in the order they are asked. */
export const questions: Readonly<Record<string, Question>> = {
  'copybook-decode': copybookDecode,
  'copybook-json': copybookJson,
  'copybook-encode': copybookEncode,
  'copybook-files': copybookFiles,
  generated,
  'fix-decode': fixDecodeQuestion,
  'fix-encode': fixEncodeQuestion,
  ring,
  risk,
  journal,
  lane,
  'fix-wire': fixWire,
  websocket: webSocket,
  kafka,
};
