import { replaceFile } from '@stagedoor/bundle';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExportResult } from '../export/result';
import type { Inputs } from './inputs';

/** What is known of the last export of one plugin. */
export interface ExportRecord {
  /** Digest of the tool, of Node.js and of all options. */
  settings: string;
  inputs: Inputs;
  /** Digest of the state of the inputs. */
  state: string;
  /** Hex sha256 of the manifest that was written. */
  manifest: string;
  result: ExportResult;
}

/** Records of a workspace, one file per plugin folder, below `cacheDir`; without a `cacheDir` nothing is kept. */
export class Records {
  constructor(private readonly cacheDir: string | undefined) {}

  /** The record of the plugin in `folder`, undefined if there is none that can be read. */
  async read(folder: string): Promise<ExportRecord | undefined> {
    if (!this.cacheDir) return undefined;
    try {
      const value: unknown = JSON.parse(await readFile(this.fileOf(folder), 'utf8'));
      return isRecord(value) ? value : undefined;
    } catch {
      return undefined;
    }
  }

  /** Keeps the record; where that is impossible the next run only takes longer. */
  async write(folder: string, record: ExportRecord): Promise<void> {
    if (!this.cacheDir) return;
    await replaceFile(this.fileOf(folder), JSON.stringify(record)).catch(() => undefined);
  }

  private fileOf(folder: string): string {
    return join(this.cacheDir!, 'exports', `${createHash('sha256').update(folder).digest('hex')}.json`);
  }
}

function isRecord(value: unknown): value is ExportRecord {
  const { settings, inputs, state, manifest, result } = (value ?? {}) as Partial<ExportRecord>;
  return (
    [settings, state, manifest, result?.path].every((text) => typeof text === 'string') &&
    [inputs?.folders, inputs?.files].every((list) => Array.isArray(list) && list.every((x) => typeof x === 'string'))
  );
}
