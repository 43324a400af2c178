import { request, type IncomingMessage } from 'node:http';
import type { RunningBackend } from './backend';
import { waitFor } from './waitFor';

/** One message of a Server-Sent Events stream. */
export interface SseMessage {
  id?: string;
  event?: string;
  data: unknown;
}

/** An open stream. */
export interface EventStream {
  status: number;
  headers: IncomingMessage['headers'];
  messages: SseMessage[];
  /** Comment lines, without the colon. */
  comments: string[];
  /** True when the server has ended it. */
  ended(): boolean;
  /** Waits for the first message that fits, those that came before included. */
  next(fits: (message: SseMessage) => boolean): Promise<SseMessage>;
  /** Drops the connection. */
  close(): void;
}

/** Opens `GET /v1/events` as a browser's EventSource does, but for the bearer token. */
export async function openEvents(
  backend: Pick<RunningBackend, 'url' | 'token'>,
  { query = '', headers = {} }: { query?: string; headers?: Record<string, string> } = {},
): Promise<EventStream> {
  const authorization = `Bearer ${await backend.token()}`;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(`${backend.url}/api/dynamic-plugins/v1/events${query}`, {
      headers: { authorization, accept: 'text/event-stream', 'accept-encoding': 'gzip, br', ...headers },
    })
      .once('response', resolve)
      .once('error', reject)
      .end();
  });
  const messages: SseMessage[] = [];
  const comments: string[] = [];
  let ended = false;
  let unread = '';
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    const blocks = (unread + chunk).split('\n\n');
    unread = blocks.pop()!;
    for (const block of blocks) {
      const fields = block.split('\n').map((line) => /^(\w*): ?(.*)$/.exec(line)!.slice(1) as [string, string]);
      comments.push(...fields.filter(([name]) => name === '').map(([, text]) => text));
      const { id, event, data } = Object.fromEntries(fields) as Record<string, string>;
      if (data !== undefined) messages.push({ id, event, data: JSON.parse(data) });
    }
  });
  response.once('close', () => (ended = true));
  response.on('error', () => {});
  return {
    status: response.statusCode!,
    headers: response.headers,
    messages,
    comments,
    ended: () => ended,
    next: (fits) => waitFor('a message', async () => messages.find(fits)),
    close: () => response.destroy(),
  };
}
