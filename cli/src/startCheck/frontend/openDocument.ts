import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { JSDOM, VirtualConsole, requestInterceptor, type DOMWindow } from 'jsdom';

/** Where the document is, and the remote below it. */
export const PAGE = 'https://portal.example.com/';
const REMOTE = new URL('remote/', PAGE);
const TYPES: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css' };

/** A document without a screen, whose scripts run and get the files below `assetsDir` as browsers do, and nothing else. */
export function openDocument(assetsDir: string, onRefused: (url: string) => void): DOMWindow {
  const files = requestInterceptor(async ({ url }) => {
    const path = url.startsWith(REMOTE.href)
      ? decodeURIComponent(new URL(url).pathname.slice(REMOTE.pathname.length))
      : '';
    const content = path === '' ? undefined : await readFile(join(assetsDir, path)).catch(() => undefined);
    if (!content) onRefused(url);
    const type = TYPES[extname(path)] ?? 'application/octet-stream';
    return new Response(content ?? '', { status: content ? 200 : 404, headers: { 'content-type': type } });
  });
  const { window } = new JSDOM('<!doctype html><html><head></head><body><div id="root"></div></body></html>', {
    url: PAGE,
    runScripts: 'dangerously',
    resources: { interceptors: [files] },
    pretendToBeVisual: true,
    // Silent: what scripts throw reaches the code that imports them.
    virtualConsole: new VirtualConsole(),
    beforeParse: addMissing,
  });
  return window;
}

/** Loads a script of the remote, as an element of the document. */
export async function loadScript({ document }: DOMWindow, path: string): Promise<void> {
  const script = document.createElement('script');
  script.src = new URL(path, REMOTE).href;
  await new Promise<void>((done, fail) => {
    script.onload = () => done();
    script.onerror = () => fail(new Error(`The script ${path} does not load.`));
    document.head.append(script);
  });
}

/** What browsers have and jsdom has not: code asks for it while it is loaded. Node.js has much of it itself. */
function addMissing(window: DOMWindow): void {
  class Observer {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
    takeRecords(): [] {
      return [];
    }
  }
  const media = {
    matches: false,
    addListener() {},
    removeListener() {},
    addEventListener() {},
    removeEventListener() {},
  };
  const stub: Record<string, unknown> = {
    matchMedia: (query: string) => ({ ...media, media: query }),
    ResizeObserver: Observer,
    IntersectionObserver: Observer,
    PerformanceObserver: Observer,
    Worker: class extends window.EventTarget {
      postMessage(): void {}
      terminate(): void {}
    },
    fetch: async () => {
      throw new TypeError('fetch failed: the start check has no network');
    },
    requestIdleCallback: (callback: () => void) => window.setTimeout(callback, 0),
    cancelIdleCallback: (id: number) => window.clearTimeout(id),
  };
  const target = window as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(stub)) target[name] ??= value;
  for (const name of OF_NODE) target[name] ??= (globalThis as Record<string, unknown>)[name];
  window.URL.createObjectURL ??= () => 'blob:start-check';
  window.URL.revokeObjectURL ??= () => {};
  window.HTMLCanvasElement.prototype.getContext = () => null;
}

const OF_NODE = [
  ...['structuredClone', 'TextEncoder', 'TextDecoder', 'Request', 'Response', 'BroadcastChannel', 'MessageChannel'],
  ...['ReadableStream', 'WritableStream', 'TransformStream', 'CompressionStream', 'DecompressionStream', 'crypto'],
];
