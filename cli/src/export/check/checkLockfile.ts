import { existsSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { StagedoorError, isInside } from '@stagedoor/bundle';
import type { ImportEdge } from '../describe/packageImports';
import { isInstalled, type InstalledPackage } from '../source/installedPackage';
import type { ExportedPackage } from '../plan/plan';
import { installCommand } from '../source/workspace';
import type { Locked, Lockfile, PackageImport } from '../source/lockfile/lockfile';

/** A package of the bundle that is not what the lockfile says. */
interface Mismatch extends PackageImport {
  file?: string;
  /** Versions that the lockfile asks for; none where it does not know the package. */
  expected: string[];
}

const SHOWN = 10;

/** What installs exactly what the lockfile says, whatever is there. */
const CLEAN_INSTALL = {
  npm: 'npm ci',
  pnpm: 'pnpm install --frozen-lockfile --force',
  'yarn-classic': 'yarn install --frozen-lockfile --force',
  'yarn-berry': 'yarn install --immutable',
};

/**
 * Compares the packages that went into a bundle with the lockfile, import by import, and gives the entry of each that
 * has one, by folder. Source in the workspace is taken as it is, and what a folder outside of it (`link:`, `npm link`) imports from
 * outside is not the lockfile's to say. Throws LOCKFILE_MISMATCH naming all that differ.
 */
export function checkLockfile(
  plan: ExportedPackage,
  lockfile: Lockfile | undefined,
  edges: readonly ImportEdge[],
): Map<string, Locked> {
  const place = placesOf(plan.workspace.root);
  const found = new Map<string, Locked>();
  if (!lockfile) return found;
  const wrong = new Map<string, Mismatch>();
  const self: PackageImport & Partial<ImportEdge> = { name: plan.self.name, to: plan.self };
  for (const { from, name, to, file, through } of [self, ...edges]) {
    if (!to) continue;
    const at = { ...to, dir: place(to.dir) };
    const governed = !from || isInside(plan.workspace.root, place(from.dir));
    const source = isInside(plan.workspace.root, at.dir) && !isInstalled(at.dir);
    if (source || !governed) continue;
    const importers = through ? (through.length > 0 ? through : [undefined]) : [from];
    const entries = importers.flatMap((importer) =>
      lockfile.locked({ from: importer && { ...importer, dir: place(importer.dir) }, name, to: at }),
    );
    const match = entries.find((entry) => agrees(entry, to));
    if (match) found.set(to.dir, match);
    else if (!wrong.has(to.dir)) {
      const expected = entries.length > 0 ? entries.flatMap(({ version }) => version ?? []) : lockfile.versionsOf(name);
      wrong.set(to.dir, { from, name, to, file, expected: [...new Set(expected)] });
    }
  }
  if (wrong.size > 0) throw mismatch(plan, lockfile, [...wrong.values()]);
  return found;
}

/** An entry without a version is a folder. */
function agrees({ version, name }: Locked, to: InstalledPackage): boolean {
  return version === undefined || (version === to.version && (name === undefined || name === to.name));
}

/** A node_modules folder may itself be a link to one that lies elsewhere. */
function placesOf(root: string): (dir: string) => string {
  const modules = join(root, 'node_modules');
  const real = existsSync(modules) ? realpathSync(modules) : modules;
  return (dir) => (real !== modules && isInside(real, dir) ? modules + dir.slice(real.length) : dir);
}

function mismatch(plan: ExportedPackage, lockfile: Lockfile, wrong: Mismatch[]): StagedoorError {
  const file = basename(lockfile.file);
  const lines = wrong.map(({ from, name, to, expected, file: importer }) => {
    const linked = isInstalled(to.dir) ? 'is installed' : `is linked from ${to.dir}`;
    const says = expected.length > 0 ? `says ${expected.join(' or ')}` : 'does not know it';
    const by = from ? `; ${from.name} imports it${importer ? ` in ${importer}` : ''}` : '';
    return `${name === to.name ? name : `${name} (${to.name})`} ${to.version} ${linked}, ${file} ${says}${by}.`;
  });
  const more = lines.length > SHOWN ? [`And ${lines.length - SHOWN} more.`] : [];
  const unknown = wrong.some(({ expected }) => expected.length === 0);
  const command = unknown ? installCommand(plan.workspace) : CLEAN_INSTALL[lockfile.kind];
  return new StagedoorError('LOCKFILE_MISMATCH', [...lines.slice(0, SHOWN), ...more].join('\n'), {
    hint: `Run \`${command}\` in ${plan.workspace.root}.`,
    details: {
      packages: wrong.map(({ name, to, expected }) => ({ name, installed: to.version, expected })),
    },
  });
}
