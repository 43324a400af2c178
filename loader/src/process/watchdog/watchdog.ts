import type { LoggerService } from '@backstage/backend-plugin-api';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Writable } from 'node:stream';

/** The built process; this file is built into `dist/index.cjs.js`. */
const ENTRY = join(__dirname, 'process', 'watchdog', 'main.cjs.js');
/** It does next to nothing, so it gets next to no memory. */
const FLAGS = ['--max-old-space-size=32', '--max-semi-space-size=1', '--v8-pool-size=0'];
const AGAIN_AFTER_MS = 1000;

/**
 * Ends the processes of plugins when the portal is gone, even one that a plugin blocks. A killed portal cannot end them, and
 * Node.js has no way to let the system do it. One small process for all plugins reads a pipe, which the system closes with the
 * portal; if it ends before the portal does, another one takes its place.
 */
export class Watchdog {
  readonly #logger: LoggerService;
  readonly #watched = new Map<number, string>();
  #process: ChildProcess | undefined;
  #again: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(logger: LoggerService) {
    this.#logger = logger;
  }

  /**
   * Watches the process group that `pid` leads, and everything that inherited the `mark` of {@link descendantMark}. Returns the
   * function to call when they have ended.
   */
  watch(pid: number, mark: string): () => void {
    // It could not be started.
    if (pid < 0) return () => {};
    this.#watched.set(pid, mark);
    if (this.#process) this.#tell(`${pid} ${mark}`);
    else if (!this.#again) this.#start();
    return () => {
      this.#watched.delete(pid);
      this.#tell(String(pid));
    };
  }

  /** The portal stops: what is still watched ends. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#again);
    this.#process?.stdin?.end();
  }

  #start(): void {
    this.#again = undefined;
    // A process group of its own, so that a signal to that of the portal does not end both.
    const started = spawn(process.execPath, [...FLAGS, ENTRY], {
      detached: true,
      env: {},
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const ended = (why: string): void => {
      if (this.#process !== started) return;
      this.#process = undefined;
      if (this.#closed) return;
      this.#logger.warn(
        `The process that ends plugins when the portal is killed ${why}. It is started again in a second.`,
      );
      this.#again = setTimeout(() => this.#start(), AGAIN_AFTER_MS).unref();
    };
    started.once('error', ({ message }) => ended(`could not be started: ${message}`));
    started.once('exit', (code, signal) => ended(`has ended (${signal ?? `code ${code}`})`));
    started.stdin!.on('error', () => {});
    started.unref();
    (started.stdin as Writable & { unref?(): void }).unref?.();
    this.#process = started;
    for (const [pid, mark] of this.#watched) this.#tell(`${pid} ${mark}`);
  }

  #tell(line: string): void {
    this.#process?.stdin?.write(`${line}\n`);
  }
}
