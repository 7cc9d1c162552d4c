/** One connected WebSocket client, whichever driver carries it. All calls on the thread that listens. */
export interface DataSocket {
  /** Queues text messages, gathered into one write. */
  send(texts: readonly string[]): void;
  /** Joins and leaves a channel of `DataServer.publish`. */
  subscribe(channel: string): void;
  unsubscribe(channel: string): void;
  /** Bytes queued and not yet taken by the kernel. */
  bufferedBytes(): number;
  /** Says goodbye with a close frame behind what is queued. */
  close(code: number, reason: string): void;
  /** Cuts the connection and frees what is queued; the client sees 1006. */
  terminate(): void;
}

/** What is known of a client before it is let in. */
export interface UpgradeRequest {
  readonly origin: string;
  readonly host: string;
  readonly authorization: string;
  /** The query of the address, without `?`. */
  readonly query: string;
}

export interface DataSocketHandlers {
  /** Whether the request may become a socket; else it is answered 403. */
  accepts(request: UpgradeRequest): boolean;
  opened(socket: DataSocket): void;
  /** `text` is undefined for a binary message. */
  received(socket: DataSocket, text: string | undefined): void;
  /** Some of the queue went out. */
  drained(socket: DataSocket): void;
  closed(socket: DataSocket): void;
}

export interface DataServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** A client whose queue passes this is cut by the driver itself: the last bound, above the sink's own policy. */
  readonly bufferBytesMax: number;
}

/** A listening data server. */
export interface DataServer {
  readonly driver: string;
  readonly port: number;
  /** Sends the texts, in order, to every subscriber of the channel, gathered into one write a socket. */
  publish(channel: string, texts: readonly string[]): void;
  /** Stops listening, says 1001 to every client and resolves when the port is free. */
  close(): Promise<void>;
}

/** A WebSocket driver: `listen` rejects with ConnectionError when the port cannot be had. */
export interface WebSocketDriver {
  readonly name: 'uws' | 'ws';
  readonly summary: string;
  listen(options: DataServerOptions, handlers: DataSocketHandlers): Promise<DataServer>;
}

/** Clients send requests of a few words; anything longer is cut. */
export const REQUEST_SIZE_MAX = 4_096;
/** A client that says nothing, not even pong, is cut after this. */
export const IDLE_TIMEOUT_SEC = 120;
export const GOING_AWAY = 1001;
