import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { InstalledPackage } from '../source/installedPackage';
import type { Locked } from '../source/lockfile/lockfile';
import type { Workspace } from '../source/workspace';

/** What npm notes about the tree it installed; shaped as its lockfile. */
interface InstalledTree {
  packages?: Record<string, { version?: string; integrity?: string }>;
}

/** Gives the subresource integrity (`sha512-<base64>`) of installed packages, as far as anything states it. */
export class IntegrityReader {
  private tree: Promise<InstalledTree> | undefined;

  /** `locked` are the lockfile's entries by package folder. */
  constructor(
    private readonly workspace: Workspace,
    private readonly locked: ReadonlyMap<string, Locked>,
  ) {}

  /** From the lockfile; for packages that it says nothing of, e.g. fetched ones, from npm's note of what it installed. */
  async of({ dir, version }: InstalledPackage): Promise<string | undefined> {
    const stated = this.locked.get(dir)?.integrity;
    if (stated !== undefined) return stated;
    const path = relative(this.workspace.root, dir).split(sep).join('/');
    const entry = (await (this.tree ??= this.load())).packages?.[path];
    return entry?.version === version ? entry.integrity : undefined;
  }

  /** Yarn berry's checksum, which is not of what the registry serves. */
  yarnChecksumOf({ dir }: InstalledPackage): string | undefined {
    return this.locked.get(dir)?.checksum;
  }

  private async load(): Promise<InstalledTree> {
    try {
      const text = await readFile(join(this.workspace.root, 'node_modules/.package-lock.json'), 'utf8');
      return JSON.parse(text) as InstalledTree;
    } catch {
      // Installed by another tool: the SBOM then states no hash.
      return {};
    }
  }
}
