import { FRAME_TYPE, TOPICS } from '../model/index.js';
import type { Names } from './names.js';
import { renderApplication } from './render-application.js';
import { renderCopy } from './render-copy.js';
import { renderDeadLetter } from './render-dead-letter.js';
import { renderDecision, type RefusalText } from './render-decision.js';
import { renderExecution } from './render-execution.js';
import { renderQuotes } from './render-quotes.js';
import type { Render, RenderedFrame, RenderedItem } from './rendering.js';
import type { SinkFrame } from './sink-log.js';

export interface RenderOptions {
  /** Learns the names as frames pass; a reader that begins in the middle first calls `names.foldToEnd`. */
  readonly names: Names;
  readonly refusalText: RefusalText;
}

type RenderItems = (frame: SinkFrame, options: RenderOptions) => readonly RenderedItem[];

const RENDERERS: Readonly<Record<number, RenderItems>> = {
  [FRAME_TYPE.decision]: (frame, { names, refusalText }) => [renderDecision(frame, names, refusalText)],
  [FRAME_TYPE.execution]: (frame, { names }) => [renderExecution(frame, names)],
  [FRAME_TYPE.quotes]: frame => renderQuotes(frame),
  [FRAME_TYPE.deadLetter]: frame => [renderDeadLetter(frame)],
  [FRAME_TYPE.application]: frame => [renderApplication(frame)],
  [FRAME_TYPE.inbound]: frame => [renderCopy(frame)],
  [FRAME_TYPE.outbound]: frame => [renderCopy(frame)],
};

/** Makes the function that turns committed frames into the JSON of their topic. Frames of no topic are undefined. */
export function createRender(options: RenderOptions): Render {
  return frame => {
    options.names.fold(frame);
    const items = RENDERERS[frame.type];
    const topic = TOPICS[frame.topic];
    if (items === undefined || topic === undefined || topic === '') return undefined;
    const { sequence, timeNs, type } = frame;
    const isBatch = type === FRAME_TYPE.quotes;
    return {
      topic,
      position: sequence,
      timeMs: Number(timeNs / 1_000_000n),
      items: items(frame, options),
      isBatch,
    } satisfies RenderedFrame;
  };
}
