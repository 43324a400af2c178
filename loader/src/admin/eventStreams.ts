import type { Request, Response } from 'express';
import type { EventLog, PluginEvent } from '../lifecycle/eventLog';
import type { PluginStatus } from '../lifecycle/states';

/** Proxies commonly close a silent connection after a minute, some after 30 s. */
const HEARTBEAT_MS = 15_000;
/** A client that leaves this many bytes unread is disconnected. It can reconnect. */
const MAX_UNREAD = 2 * 1024 * 1024;
/** Longest delay of a Node.js timer. */
const MAX_DELAY_MS = 2 ** 31 - 1;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  // `no-transform` disables compression, which would buffer events.
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/** The open connections of `GET /v1/events` (Server-Sent Events, html.spec.whatwg.org/multipage/server-sent-events.html). */
export class EventStreams {
  readonly #events: EventLog;
  readonly #list: () => PluginStatus[];
  readonly #open = new Set<Response>();
  #closed = false;

  constructor(events: EventLog, list: () => PluginStatus[]) {
    this.#events = events;
    this.#list = list;
  }

  /**
   * Sends the events since `Last-Event-ID` (or `?after=`) and then new ones, until the session ends at `expiresAt`. If some
   * of the earlier events are gone, or the client names none, a `reset` event with the whole plugin list comes first.
   */
  open(request: Request, response: Response, expiresAt: Date | undefined): void {
    if (!this.#begin(request, response)) return;
    const missed = this.#events.since(lastSeen(request));
    if (missed) for (const event of missed) response.write(frame(event.id, event.type, event));
    else response.write(frame(this.#events.last, 'reset', { items: this.#list(), lastEventId: this.#events.last }));
    this.#keep(
      response,
      expiresAt,
      this.#events.subscribe((event) => this.#send(response, event)),
    );
  }

  /** Sends the frames that `subscribe` passes on, until the session ends at `expiresAt`. */
  follow(
    request: Request,
    response: Response,
    expiresAt: Date | undefined,
    subscribe: (send: (frame: { id: number; type: string; data: object }) => void) => () => void,
  ): void {
    if (!this.#begin(request, response)) return;
    this.#keep(
      response,
      expiresAt,
      subscribe(({ id, type, data }) => this.#write(response, frame(id, type, data))),
    );
  }

  /** Begins a stream; false if nothing is to follow. */
  #begin(request: Request, response: Response): boolean {
    response.writeHead(200, HEADERS);
    if (request.method === 'HEAD' || this.#closed) {
      response.end();
      return false;
    }
    response.write('retry: 1000\n\n');
    return true;
  }

  #keep(response: Response, expiresAt: Date | undefined, unsubscribe: () => void): void {
    const heartbeat = setInterval(() => response.write(': heartbeat\n\n'), HEARTBEAT_MS);
    const left = expiresAt ? expiresAt.getTime() - Date.now() : Infinity;
    const expiry = left < MAX_DELAY_MS ? setTimeout(() => response.end(), left) : undefined;
    this.#open.add(response);
    response.once('close', () => {
      unsubscribe();
      clearInterval(heartbeat);
      clearTimeout(expiry);
      this.#open.delete(response);
    });
  }

  /** Ends every stream, and ends later ones as soon as they open. */
  close(): void {
    this.#closed = true;
    for (const response of this.#open) response.end();
  }

  #send(response: Response, event: PluginEvent): void {
    this.#write(response, frame(event.id, event.type, event));
  }

  #write(response: Response, text: string): void {
    if (response.writableEnded) return;
    response.write(text);
    if (response.writableLength > MAX_UNREAD) response.destroy();
  }
}

/** The event id that a client sent; NaN, which no event has, if it sent none. The header comes from a reconnect and is newer. */
function lastSeen(request: Request): number {
  const seen = request.get('last-event-id') ?? request.query.after;
  return typeof seen === 'string' && /^\d+$/.test(seen) ? Number(seen) : NaN;
}

function frame(id: number, event: string, data: object): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
