import type { ChildMessage } from '../messages';

/** Tells the parent what goes on. */
export class Reporter {
  readonly #send: (message: ChildMessage) => void;
  readonly #steps: string[] = [];

  /** Takes the channel to the parent for itself: a plugin that looks for `process.send` finds none. */
  constructor() {
    this.#send = process.send!.bind(process);
    delete process.send;
  }

  send(message: ChildMessage): void {
    this.#send(message);
  }

  /** Runs `work` as a step that the parent names if the process ends or hangs in it. */
  async during<T>(step: string, work: () => Promise<T>): Promise<T> {
    this.#steps.push(step);
    this.#send({ type: 'step', step });
    try {
      return await work();
    } finally {
      this.#steps.splice(this.#steps.indexOf(step), 1);
      const left = this.#steps.at(-1);
      if (left) this.#send({ type: 'step', step: left });
    }
  }
}
