import { findPackageDir, packName, replaceFile } from '@stagedoor/bundle';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { version } from '../../package.json';
import type { StagedBundle } from '../stage/stagedBundle';
import type { SchemaJob } from './schemaWorker/messages';

const FILE = 'app-config.sha256';
/** Usually after the start. */
const WRITE_AFTER_MS = 3000;

/**
 * Caches which app-config matched the config schema of a staged bundle, so that a start does not compile the same schemas
 * again. Stores only matches, by a digest of the schema, the app-config and the versions of the checking code. It may be
 * deleted at any time: then app-config is checked again.
 */
export class PassedChecks {
  readonly #dir: string;
  /** Matches by file, possibly not written yet. */
  readonly #fresh = new Map<string, string>();

  /** `dir` contains a folder for each package and staged copy, which is removed with the copy. */
  constructor(dir: string) {
    this.#dir = dir;
  }

  /** True if the same app-config matched the same schema before. */
  async has(bundle: StagedBundle, job: SchemaJob): Promise<boolean> {
    const file = this.#file(bundle);
    const digest = digestOf(job);
    return this.#fresh.get(file) === digest || (await readFile(file, 'utf8').catch(() => '')) === digest;
  }

  /** Records a match in place of the previous one. Does nothing if the disk is full. */
  async add(bundle: StagedBundle, job: SchemaJob): Promise<void> {
    await this.#write(this.#file(bundle), digestOf(job));
  }

  /** Records a match immediately, and writes it later. */
  addLater(bundle: StagedBundle, job: SchemaJob): void {
    const file = this.#file(bundle);
    const digest = digestOf(job);
    this.#fresh.set(file, digest);
    setTimeout(() => void this.#write(file, digest).then(() => this.#fresh.delete(file)), WRITE_AFTER_MS).unref();
  }

  async #write(file: string, digest: string): Promise<void> {
    await replaceFile(file, digest).catch(() => {});
  }

  #file({ name, dir }: StagedBundle): string {
    return join(this.#dir, packName(name), basename(dir), FILE);
  }
}

function digestOf({ entries, data }: SchemaJob): string {
  const hash = createHash('sha256');
  for (const part of [version, configLoaderVersion(), JSON.stringify(entries), data]) hash.update(`${part}\0`);
  return hash.digest('hex');
}

let loaderVersion: string | undefined;

function configLoaderVersion(): string {
  if (loaderVersion === undefined) {
    const dir = findPackageDir('@backstage/config-loader', __dirname);
    const found = JSON.parse(dir ? readFileSync(join(dir, 'package.json'), 'utf8') : '{}') as { version?: string };
    loaderVersion = found.version ?? '';
  }
  return loaderVersion;
}
