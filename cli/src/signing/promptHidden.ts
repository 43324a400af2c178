/** The part of a terminal that a prompt uses; `process.stdin` and `process.stderr` fit. */
export interface Terminal {
  input: NodeJS.ReadStream;
  output: { write(text: string): unknown };
}

const ENTER = new Set(['\r', '\n', '\u0004']);
const BACKSPACE = new Set(['\u007f', '\b']);
const CTRL_C = '\u0003';

/** Asks on a terminal for a line that is not shown while it is typed. Throws an AbortError on Ctrl-C or `signal`. */
export async function promptHidden(
  { input, output }: Terminal,
  question: string,
  signal: AbortSignal,
): Promise<string> {
  signal.throwIfAborted();
  output.write(question);
  input.setRawMode(true);
  input.setEncoding('utf8').resume();
  let stop = (): void => {};
  try {
    return await new Promise<string>((done, fail) => {
      let typed = '';
      const interrupted = (): void => fail(new DOMException('The prompt was interrupted.', 'AbortError'));
      const onData = (chunk: string): void => {
        for (const key of chunk) {
          if (ENTER.has(key)) return done(typed);
          if (key === CTRL_C) return interrupted();
          if (BACKSPACE.has(key)) typed = [...typed].slice(0, -1).join('');
          else if (key >= ' ') typed += key;
        }
      };
      const onEnd = (): void => done(typed);
      stop = () => {
        input.off('data', onData).off('end', onEnd);
        signal.removeEventListener('abort', interrupted);
      };
      input.on('data', onData).on('end', onEnd);
      signal.addEventListener('abort', interrupted);
    });
  } finally {
    stop();
    input.setRawMode(false);
    input.pause();
    output.write('\n');
  }
}
