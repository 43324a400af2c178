import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { Channel, type ChannelHandlers } from './channel';
import { descendantMark, endDescendants, markVariable } from './descendants';
import { describeExit, type KillReason, type ProcessExit } from './exit';
import { readFrames } from './frames';

/** Limits of a child's output: more is dropped, faster is slowed down. */
const CONTROL_LIMITS = { lineBytes: 1024 * 1024, bytesPerSecond: 8 * 1024 * 1024 };
const OUTPUT_LIMITS = { lineBytes: 8 * 1024, bytesPerSecond: 1024 * 1024 };
const STDERR_TAIL_LINES = 50;
const TICK_MS = 1000;
/**
 * Ticks without a heartbeat after which a process counts as hung. Ticks rather than time: none pass while the portal itself
 * stalls.
 */
const MOST_SILENT_TICKS = 5;
const PAGE_BYTES = 4096;
/** How long output may continue after the end; a program that the plugin started may keep the pipe open. */
const LAST_WORDS_MS = 500;

/** Start options of a child. */
export interface PluginProcessOptions {
  /** Node's own flags. */
  flags: string[];
  /** The script. */
  entry: string;
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** The user and group that it runs as, without other groups; undefined: those of the portal. */
  user: number | undefined;
  /** More resident memory than this ends the process, in bytes. */
  mostRssBytes: number;
  handlers: ChannelHandlers;
  /** A line of stdout or stderr. */
  onOutput(from: 'stdout' | 'stderr', line: string): void;
}

/** A child process of the portal, with a channel to it, monitored for heartbeats and memory. */
export class PluginProcess {
  readonly pid: number;
  /** The user that it runs as; undefined: that of the portal. */
  readonly user: number | undefined;
  readonly startedAt = new Date();
  /** Identifies everything that it starts. */
  readonly mark = descendantMark();
  readonly channel: Channel;
  /** Resolves when the process has ended and its output is read. */
  readonly exited: Promise<ProcessExit>;
  readonly #mostRssBytes: number;
  readonly #stderr: string[] = [];
  #silentTicks = 0;
  #watching: NodeJS.Timeout | undefined;
  #killedFor: KillReason | undefined;
  #rssBytes = 0;

  constructor({ flags, entry, cwd, env, user, mostRssBytes, handlers, onOutput }: PluginProcessOptions) {
    this.#mostRssBytes = mostRssBytes;
    this.user = user;
    const child = spawn(process.execPath, [...flags, entry], {
      cwd,
      env: { ...env, ...markVariable(this.mark) },
      // Node drops all other groups as well.
      ...(user !== undefined && { uid: user, gid: user }),
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
      // A separate process group, so that everything the plugin starts ends with it.
      detached: true,
    });
    this.pid = child.pid ?? -1;
    for (const from of ['stdout', 'stderr'] as const) {
      readFrames(child[from] as Readable, OUTPUT_LIMITS, (line) => {
        if (from === 'stderr') this.#stderr.splice(0, this.#stderr.push(line) - STDERR_TAIL_LINES);
        onOutput(from, line);
      });
    }
    const streams = { input: child.stdio[3] as Readable, output: child.stdio[4] as Writable };
    this.channel = new Channel(streams, CONTROL_LIMITS, {
      call: (method, params) => handlers.call(method, params),
      notify: (method, params) => {
        if (method === 'beat') this.#silentTicks = 0;
        handlers.notify(method, params);
      },
    });
    this.exited = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#stderr.push(error.message);
        if (child.pid === undefined) resolve(describeExit(null, null, error.message));
      });
      child.once('exit', (code, signal) => {
        clearInterval(this.#watching);
        this.#killGroup();
        void endDescendants([this.mark]);
        const tell = (): void => resolve(describeExit(code, signal, this.#stderr.join('\n'), this.#killedFor));
        const timer = setTimeout(tell, LAST_WORDS_MS);
        child.once('close', () => {
          clearTimeout(timer);
          tell();
        });
      });
    });
  }

  /** Resident memory when last looked at, in bytes. */
  get rssBytes(): number {
    return this.#rssBytes;
  }

  /** From now on a missing heartbeat ends the process; while it loads code, the start timeout does. */
  watch(): void {
    this.#rssBytes = residentBytes(this.pid);
    this.#watching = setInterval(() => {
      this.#rssBytes = residentBytes(this.pid);
      if (this.#rssBytes > this.#mostRssBytes) this.kill('memory');
      else if (++this.#silentTicks > MOST_SILENT_TICKS) this.kill('hung');
    }, TICK_MS).unref();
  }

  /** Ends the process at once; says why in its exit. */
  kill(reason: KillReason): void {
    this.#killedFor ??= reason;
    this.#killGroup();
  }

  /** Lets the plugin shut down, and ends the process after `timeoutMs` at the latest. Resolves when it has ended. */
  async stop(timeoutMs: number): Promise<ProcessExit> {
    const timer = setTimeout(() => this.kill('stop'), timeoutMs);
    void this.channel.call('stop').catch(() => {});
    return await this.exited.finally(() => clearTimeout(timer));
  }

  #killGroup(): void {
    if (this.pid < 0) return;
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // All of it has ended.
    }
  }
}

/** Resident memory of a process; 0 if the system does not report it. */
function residentBytes(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
  } catch {
    return 0;
  }
}
