/** Milliseconds without a message after which the elapsed time is shown. */
const SILENCE_MS = 1000;
/** Seconds between two lines where lines cannot be overwritten. */
const LINE_SECONDS = 15;

/** The terminal, or file, that it writes to. */
interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
}

/** Shows what takes longer than a second, with the elapsed time: in place on a terminal, otherwise in a line now and then. */
export class Elapsed {
  #timer: NodeJS.Timeout | undefined;
  #shown = false;

  constructor(private readonly output: Output) {}

  /** From now on `what` is done. */
  begin(what: string): void {
    this.end();
    const began = performance.now();
    this.#timer = setInterval(() => {
      const seconds = Math.round((performance.now() - began) / 1000);
      if (this.output.isTTY) {
        this.output.write(`\r\u001b[K${what} … ${seconds} s`);
        this.#shown = true;
      } else if (seconds % LINE_SECONDS === 0) this.output.write(`${what}: ${seconds} s so far\n`);
    }, SILENCE_MS);
    this.#timer.unref();
  }

  /** It is done, or something else is to be shown. */
  end(): void {
    clearInterval(this.#timer);
    if (this.#shown) this.output.write('\r\u001b[K');
    this.#shown = false;
  }
}
