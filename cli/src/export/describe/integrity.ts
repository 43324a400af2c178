import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { InstalledPackage } from '../installedPackage';
import type { Workspace } from '../workspace';

/** The part of npm's lockfiles that is read (lockfile version 2 and 3). */
interface NpmLockfile {
  packages?: Record<string, { version?: string; integrity?: string }>;
}

/** What npm notes about the tree it installed, then what the workspace committed. */
const LOCKFILES = ['node_modules/.package-lock.json', 'package-lock.json', 'npm-shrinkwrap.json'];

/**
 * Gives the subresource integrity (`sha512-<base64>`) of installed packages as their lockfile states it; undefined for
 * packages of the workspace itself and where no lockfile tells.
 */
export class IntegrityReader {
  private loaded: Promise<NpmLockfile[]> | undefined;

  constructor(private readonly workspace: Workspace) {}

  async of({ dir, version }: InstalledPackage): Promise<string | undefined> {
    const path = relative(this.workspace.root, dir).split(sep).join('/');
    for (const lockfile of await (this.loaded ??= this.load())) {
      const entry = lockfile.packages?.[path];
      if (entry?.integrity && entry.version === version) return entry.integrity;
    }
    return undefined;
  }

  private async load(): Promise<NpmLockfile[]> {
    const read = LOCKFILES.map(async (name) => {
      try {
        return JSON.parse(await readFile(join(this.workspace.root, name), 'utf8')) as NpmLockfile;
      } catch {
        // Absent, or of another tool: the SBOM then states no hash.
        return {};
      }
    });
    return Promise.all(read);
  }
}
