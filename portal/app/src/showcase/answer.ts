/** What became of a call, as a card shows it. */
export interface Answer {
  ok: boolean;
  /** For example `200 OK`, or the error that the browser gave. */
  status: string;
  body?: string;
  /** What there is to learn from it. */
  notes: string[];
}

/** Reads a response; a body of JSON is laid out. */
export async function readAnswer(response: Response, notes: string[] = []): Promise<Answer & { json?: unknown }> {
  const text = await response.text();
  const json = parse(text);
  return {
    ok: response.ok,
    status: `${response.status} ${response.statusText}`.trim(),
    body: json === undefined ? text : JSON.stringify(json, null, 2),
    json,
    notes,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
