/** What is used of jsdom. The types that are published beside it change those of `fetch` for every package. */
declare module 'jsdom' {
  export type DOMWindow = Window & typeof globalThis;
  export class VirtualConsole {}
  export interface Interceptor {
    readonly kind: unique symbol;
  }
  export function requestInterceptor(answer: (request: Request) => Promise<Response>): Interceptor;
  export interface Options {
    url: string;
    runScripts: 'dangerously';
    resources: { interceptors: Interceptor[] };
    pretendToBeVisual: boolean;
    virtualConsole: VirtualConsole;
    beforeParse(window: DOMWindow): void;
  }
  export class JSDOM {
    constructor(html: string, options: Options);
    readonly window: DOMWindow;
  }
}
