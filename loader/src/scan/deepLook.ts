import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { findDrop } from './drop';
import { snapshot } from './snapshot';

/** Time for one look, in milliseconds; at least one drop is looked at. */
const BUDGET_MS = 50;

/** `f_type` of file systems that other machines, or other mounts, can change without an event here: statfs(2). */
const SILENT = new Set([
  // NFS, CIFS, SMB2, SMB, FUSE and virtiofs, Ceph, 9P, AFS, kAFS
  ...[0x6969, 0xff534d42, 0xfe534d42, 0x517b, 0x65735546, 0x00c36400, 0x01021997, 0x5346414f, 0x6b414653],
  // Lustre, GPFS, OCFS2, GFS2, Coda
  ...[0x0bd00bd0, 0x47504653, 0x7461636f, 0x01161970, 0x73757245],
]);

/** Looks at every file of drops whose changes cause no events, a few drops at a time. */
export class DeepLook {
  readonly #root: string;
  /** The last {@link snapshot} of each drop, in the order of their turns. */
  readonly #seen = new Map<string, string>();
  readonly #silentVolumes = new Map<number, Promise<boolean>>();
  #everywhere = false;

  constructor(root: string) {
    this.#root = root;
  }

  /** From here on drops of all volumes are looked at: there are no events. */
  everywhere(): void {
    this.#everywhere = true;
  }

  /** Those of the drops, given with the device that each is on, that differ from the last look at them, or had none. */
  async changed(drops: ReadonlyMap<string, number | undefined>): Promise<string[]> {
    for (const entry of this.#seen.keys()) if (!drops.has(entry)) this.#seen.delete(entry);
    const until = performance.now() + BUDGET_MS;
    const changed: string[] = [];
    const turns = new Set([...[...drops.keys()].filter((entry) => !this.#seen.has(entry)), ...this.#seen.keys()]);
    for (const entry of turns) {
      const device = drops.get(entry);
      if (device === undefined || !(await this.#isSilent(entry, device))) continue;
      const text = await this.#look(entry);
      if (this.#seen.get(entry) !== text) changed.push(entry);
      this.#seen.delete(entry);
      this.#seen.set(entry, text);
      if (performance.now() > until) break;
    }
    return changed;
  }

  async #look(entry: string): Promise<string> {
    const drop = await findDrop(this.#root, entry).catch(() => undefined);
    return drop ? (await snapshot(drop)).text : '';
  }

  async #isSilent(entry: string, device: number): Promise<boolean> {
    if (this.#everywhere) return true;
    const known = this.#silentVolumes.get(device);
    if (known) return await known;
    const silent = statfs(join(this.#root, entry)).then(
      ({ type }) => SILENT.has(type),
      () => false,
    );
    this.#silentVolumes.set(device, silent);
    return await silent;
  }
}
