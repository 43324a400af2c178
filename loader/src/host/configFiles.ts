import { ConfigSources, type AsyncConfigSourceGenerator, type ConfigSource } from '@backstage/config-loader';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { looksAt, waitingLooks, type Looks } from '../scan/looks';

const LOOK_EVERY_MS = 1000;

/** A file may still be being written: a change is read once the content has been stable for this long. */
const SETTLED_AFTER_MS = 100;

/** The names of included files are unknown here, so everything is read again at this interval. */
const READ_INCLUDED_EVERY_MS = 5000;
const INCLUDES = /\$(file|include)\b/;

/**
 * The config of `--config` arguments and the environment, read by Backstage's `ConfigSources.default`, and followed by
 * polling the files. Backstage itself waits for file system events: it misses some when a folder is replaced as the kubelet
 * does, and all of them after a file was unreadable once.
 */
export class ConfigFiles implements ConfigSource {
  readonly #source: ConfigSource;
  readonly #named: string[];
  readonly #refused: (reason: string) => void;

  /**
   * @param argv command line arguments as `ConfigSources.default` takes them; without `--config`, Backstage's default files
   * @param refused is called once with the reason why a change cannot be read; the previous config stays
   */
  constructor(argv: string[] | undefined, refused: (reason: string) => void) {
    this.#source = ConfigSources.default({ argv, watch: false });
    this.#named = ConfigSources.parseArgs(argv).map(({ target }) => resolve(target));
    this.#refused = refused;
  }

  async *readConfigData({ signal }: { signal?: AbortSignal } = {}): AsyncConfigSourceGenerator {
    let text = await textOf(this.#named, new Map());
    let configs = await this.#read();
    let files = this.#files(configs);
    let looks = await looksOf(files);
    let readAt = Date.now();
    let fault: string | undefined;
    yield { configs };
    while (await pause(LOOK_EVERY_MS, signal)) {
      const now = await textOf(files, looks);
      const dueForIncluded = INCLUDES.test(now) && Date.now() - readAt >= READ_INCLUDED_EVERY_MS;
      if (now === text && !dueForIncluded) continue;
      if (!(await pause(SETTLED_AFTER_MS, signal))) return;
      if ((await textOf(files, looks)) !== now) continue;
      text = now;
      readAt = Date.now();
      try {
        configs = await this.#read();
        fault = undefined;
      } catch (error) {
        const { message } = error as Error;
        if (message !== fault) this.#refused((fault = message));
        continue;
      }
      files = this.#files(configs);
      looks = await looksOf(files);
      yield { configs };
    }
  }

  toString(): string {
    return String(this.#source);
  }

  async #read() {
    const { value, done } = await this.#source.readConfigData().next();
    if (done) throw new Error(`${String(this.#source)} has no config`);
    return value.configs;
  }

  /** The requested files, or the default ones if none were requested. */
  #files(configs: ReadonlyArray<{ path?: string }>): string[] {
    return [...new Set([...this.#named, ...configs.flatMap(({ path }) => path ?? [])])];
  }
}

/** The calls to read each of the files with; a file on a network volume must not block the portal. */
async function looksOf(files: string[]): Promise<Map<string, Looks>> {
  return new Map(await Promise.all(files.map(async (file) => [file, await looksAt(file)] as const)));
}

async function textOf(files: string[], looks: ReadonlyMap<string, Looks>): Promise<string> {
  const texts = await Promise.all(files.map(async (file) => (looks.get(file) ?? waitingLooks).readFile(file)));
  return texts.map((text) => text ?? '').join('\0');
}

/** False once the signal is aborted. */
async function pause(ms: number, signal?: AbortSignal): Promise<boolean> {
  await sleep(ms, undefined, { ref: false, signal }).catch(() => {});
  return !signal?.aborted;
}
