import { join } from 'node:path';
import type { Build } from '../bundle/bundleContents';
import { embeddedPath } from '../plan/decisions';
import type { ExportContext } from '../plan/exportContext';
import type { InstalledPackage } from '../source/installedPackage';
import { publishedFiles } from './publishedFiles';

/** The files of one package that go into the bundle as they are. */
export interface CopiedFiles {
  package: InstalledPackage;
  /** Folder in the bundle, '' for its top. */
  to: string;
  /** Relative to the package and to `to`. */
  paths: string[];
}

/** The published files of the plugin, and of the packages whose files bundled code asks for. */
export async function copiedFiles({ contents }: Build, { plan, decisions }: ExportContext): Promise<CopiedFiles[]> {
  const published = await publishedFiles(plan.dir, plan.self.manifest);
  const own = { package: plan.self, to: '', paths: published.filter((path) => !decisions.scripts.has(path)) };
  const embedded = [...decisions.embedded].map(async ([name, pkg]) => {
    const inlined = new Set(contents.inlined.get(pkg.dir)?.files);
    const paths = (await publishedFiles(pkg.dir, pkg.manifest)).filter((path) => !inlined.has(join(pkg.dir, path)));
    // Its package.json is what `require.resolve` and `resolvePackagePath` look for.
    return { package: pkg, to: embeddedPath(name), paths: ['package.json', ...paths] };
  });
  const read = [...decisions.assets.values()]
    // One whose package was hoisted later is read there.
    .filter((entry) => !decisions.hoisted.has(entry.package.dir))
    .map(({ package: pkg, to, paths }) => ({ package: pkg, to, paths: [...paths].sort() }));
  return [own, ...(await Promise.all(embedded)), ...read];
}
