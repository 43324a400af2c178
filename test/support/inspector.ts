import { SourceMap, type SourceMapPayload } from 'node:module';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'undici';
import { waitFor } from './waitFor';

interface Location {
  scriptId: string;
  lineNumber: number;
  columnNumber: number;
}

interface Script {
  scriptId: string;
  url: string;
  sourceMapURL: string;
}

interface Paused {
  callFrames: Array<{ callFrameId: string; location: Location }>;
}

/** A place in source: the URL of a file, and a line counted from 1. */
export interface SourceLine {
  url: string;
  line: number;
}

/** A debugger that is attached to a process, and goes by source maps as those of editors do. */
export interface Debugger {
  /** Sets a breakpoint in the newest script that was made of a source file. Returns what removes it. */
  breakAt(place: SourceLine): Promise<() => Promise<void>>;
  /** Where the process stands. Waits until it does. */
  paused(): Promise<SourceLine>;
  /** What an expression comes to where the process stands. */
  evaluate(expression: string): Promise<unknown>;
  resume(): Promise<void>;
  close(): void;
}

/** Attaches to the inspector at a WebSocket address, as Node.js prints it. */
export async function attach(address: string): Promise<Debugger> {
  const socket = new WebSocket(address);
  const scripts: Script[] = [];
  const answers = new Map<number, (message: { result?: unknown; error?: { message: string } }) => void>();
  let stop: Paused | undefined;
  socket.addEventListener('message', ({ data }) => {
    const { id, method, params, ...answer } = JSON.parse(String(data)) as {
      id?: number;
      method?: string;
      params?: unknown;
    };
    if (id !== undefined) answers.get(id)?.(answer);
    else if (method === 'Debugger.scriptParsed') scripts.push(params as Script);
    else if (method === 'Debugger.paused') stop = params as Paused;
    else if (method === 'Debugger.resumed') stop = undefined;
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error(`No inspector at ${address}`)));
  });
  let last = 0;
  const send = <T>(method: string, params: object = {}): Promise<T> =>
    new Promise((resolve, reject) => {
      const id = ++last;
      answers.set(id, ({ result, error }) => (error ? reject(new Error(error.message)) : resolve(result as T)));
      socket.send(JSON.stringify({ id, method, params }));
    });
  await send('Debugger.enable');

  const top = async () => (await waitFor('the process to stand', async () => stop)).callFrames[0]!;
  return {
    breakAt: async (place) => {
      for (const script of [...scripts].reverse()) {
        const at = await generatedPlace(script, place);
        if (!at) continue;
        const location = { scriptId: script.scriptId, ...at };
        const { breakpointId } = await send<{ breakpointId: string }>('Debugger.setBreakpoint', { location });
        return () => send('Debugger.removeBreakpoint', { breakpointId });
      }
      throw new Error(`No script was made of ${place.url}:${place.line}`);
    },
    paused: async () => {
      const { location } = await top();
      const script = scripts.find(({ scriptId }) => scriptId === location.scriptId)!;
      const map = await sourceMapOf(script);
      return sourceLine(map!, location.lineNumber, location.columnNumber)!;
    },
    evaluate: async (expression) => {
      const { callFrameId } = await top();
      const given = await send<{ result: { value: unknown } }>('Debugger.evaluateOnCallFrame', {
        callFrameId,
        expression,
      });
      return given.result.value;
    },
    resume: () => send('Debugger.resume'),
    close: () => socket.close(),
  };
}

/** The first place in a script that was made of a line of source. */
async function generatedPlace(
  script: Script,
  place: SourceLine,
): Promise<{ lineNumber: number; columnNumber: number } | undefined> {
  const map = await sourceMapOf(script);
  if (!map?.sources.includes(place.url)) return undefined;
  const lines = (await readFile(fileURLToPath(script.url), 'utf8')).split('\n');
  for (const [lineNumber, text] of lines.entries()) {
    const columnNumber = text.search(/\S/);
    const made = columnNumber < 0 ? undefined : sourceLine(map, lineNumber, columnNumber);
    if (made?.url === place.url && made.line === place.line) return { lineNumber, columnNumber };
  }
  return undefined;
}

/** The map of a script that is a file, its sources as URLs. */
async function sourceMapOf({ url, sourceMapURL }: Script): Promise<{ map: SourceMap; sources: string[] } | undefined> {
  if (!url.startsWith('file:') || !sourceMapURL || sourceMapURL.startsWith('data:')) return undefined;
  const file = new URL(sourceMapURL, url);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const payload = JSON.parse(text) as SourceMapPayload;
  const sources = payload.sources.map((source) => new URL(source, payload.sourceRoot || file).href);
  return { map: new SourceMap({ ...payload, sourceRoot: '', sources }), sources };
}

function sourceLine({ map }: { map: SourceMap }, lineNumber: number, columnNumber: number): SourceLine | undefined {
  const entry = map.findEntry(lineNumber, columnNumber);
  return 'originalSource' in entry ? { url: entry.originalSource, line: entry.originalLine + 1 } : undefined;
}
