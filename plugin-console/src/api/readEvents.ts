/** One message of a stream of Server-Sent Events (html.spec.whatwg.org/multipage/server-sent-events.html). */
export interface StreamedEvent {
  id: string;
  type: string;
  data: string;
}

/** The messages of a stream; EventSource would not send the session along. Ends with the stream. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamedEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const frames = (rest + decoder.decode(value, { stream: true })).split('\n\n');
      rest = frames.pop()!;
      for (const frame of frames) {
        const fields = new Map(frame.split('\n').map((line) => splitField(line)));
        const data = fields.get('data');
        if (data !== undefined) yield { id: fields.get('id') ?? '', type: fields.get('event') ?? 'message', data };
      }
    }
  } finally {
    await reader.cancel();
  }
}

function splitField(line: string): [string, string] {
  const colon = line.indexOf(': ');
  return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 2)];
}
