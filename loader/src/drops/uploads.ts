import { fileName } from '@stagedoor/bundle';
import { constants } from 'node:fs';
import { chmod, copyFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Shelves } from '../stage/shelf';
import { newestOf } from '../stage/newest';
import type { StagedBundle } from '../stage/stagedBundle';
import { stageDrop } from '../stage/stageDrop';
import type { Gate } from '../validate/gate';
import type { DropDirectory } from './dropDirectory';
import { notDeletable, notUploaded, rootUnwritable, uploadEntryTaken, uploadOutranked } from './errors';
import { receiveUpload } from './receiveUpload';

/** Dependencies of {@link Uploads}. */
export interface UploadsOptions {
  root: string;
  shelves: Shelves;
  drops: DropDirectory;
  gate: Gate;
}

/** An uploaded archive that passed every check of a drop and can be moved into the root directory. */
export interface Upload {
  /** Name of the bundle in it. */
  name: string;
  /** Moves it into the root directory atomically; resolves when it has taken effect, or failed to. Throws ROOT_UNWRITABLE. */
  place(): Promise<void>;
  /** Removes it, unless it was placed. */
  discard(): Promise<void>;
}

/** Receives archives over HTTP and turns them into drops: one for each package, which the next upload replaces. */
export class Uploads {
  readonly #options: UploadsOptions;

  constructor(options: UploadsOptions) {
    this.#options = options;
  }

  /**
   * Receives an archive and runs every check of a drop before the root directory sees any of it. Throws UPLOAD_TOO_LARGE,
   * UPLOAD_ENTRY_TAKEN, UPLOAD_OUTRANKED, the codes of `stageDrop` and those of the gate.
   */
  async receive(body: Readable): Promise<Upload> {
    const { shelves, gate } = this.#options;
    const file = await receiveUpload(body, shelves.temporary);
    const discard = () => rm(file, { force: true });
    try {
      const staged = await stageDrop({ entry: 'The upload', path: file, kind: 'archive' }, shelves);
      const entry = entryOf(staged.name);
      const { fault } = await gate.check(staged);
      if (fault) throw fault;
      this.#checkEntry(staged.name, entry);
      this.#checkRank({ ...staged, entry });
      return { name: staged.name, place: () => this.#place(file, entry), discard };
    } catch (error) {
      await discard();
      throw error;
    }
  }

  /** Throws PLUGIN_NOT_UPLOADED for a package that came into the root directory in another way. */
  checkRemovable(name: string): void {
    const { drops, root } = this.#options;
    const record = drops.record(entryOf(name));
    if (record?.packageName === name) return;
    const entry = drops.winner(name)?.entry;
    throw notUploaded(name, entry ? join(root, entry) : `its drop in ${root}`);
  }

  /** Deletes the upload of a package; resolves when it is out of service. Throws ROOT_UNWRITABLE. */
  async remove(name: string): Promise<void> {
    const { root, drops } = this.#options;
    const entry = entryOf(name);
    try {
      await rm(join(root, entry), { force: true });
    } catch (cause) {
      throw notDeletable(entry, cause as Error);
    }
    await drops.take(entry);
  }

  /** Refuses to replace a drop of another package, or an unreadable one: somebody created it under this name by hand. */
  #checkEntry(name: string, entry: string): void {
    const record = this.#options.drops.record(entry);
    if (!record || record.packageName === name) return;
    throw uploadEntryTaken(entry, record.packageName);
  }

  /** Refuses an upload that would have no effect beside a drop that takes precedence. */
  #checkRank(bundle: StagedBundle): void {
    const winner = this.#options.drops.winner(bundle.name);
    if (!winner || winner.entry === bundle.entry) return;
    if (newestOf([winner, bundle])[0] === bundle) return;
    throw uploadOutranked(bundle, winner);
  }

  async #place(file: string, entry: string): Promise<void> {
    const { root, drops } = this.#options;
    // Hidden names are not drops. The fixed name lets the next upload overwrite what a crash left behind.
    const hidden = join(root, `.${entry}`);
    try {
      await rm(hidden, { force: true });
      await copyFile(file, hidden, constants.COPYFILE_EXCL);
      await chmod(hidden, 0o644);
      await rename(hidden, join(root, entry));
    } catch (cause) {
      await rm(hidden, { force: true }).catch(() => {});
      throw rootUnwritable(entry, cause as Error);
    } finally {
      await rm(file, { force: true });
    }
    await drops.take(entry);
  }
}

/** The drop that an upload of a package becomes. */
function entryOf(name: string): string {
  return `${fileName(name)}.tgz`;
}
