import { SCHEMA_FILES, copyPlainFile } from '@stagedoor/bundle';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CopiedFiles } from '../hoist/copiedFiles';
import { copyHoisted, topLevelVersions, type HoistLayout } from '../hoist/layout';
import type { Staging } from '../output/stagingFolder';
import type { ExportContext } from '../plan/exportContext';
import type { Plan } from '../plan/plan';
import { cacheDir } from '../source/workspace';
import type { BundleParts } from './bundleParts';
import { collectConfigSchemas } from './configSchema';
import { bundlePackageJson, nestedPackageJsons, toJson } from './packageJson';

/** Writes everything of the bundle but its manifest, SBOM and licences into `staging`; with warnings; `native` when native code is among it. */
export async function assembleBundle(
  staging: Staging,
  { build, layout, copied, peers }: BundleParts,
  { plan }: ExportContext,
): Promise<{ native: boolean; warnings: string[] }> {
  // The host has the schemas of its own packages, also of those that a bundle carries a copy of.
  const inlined = [...build.contents.inlined.values()].map((entry) => entry.package);
  const own = inlined.filter(({ name }) => !plan.provided.has(name));
  const [{ schemas, warnings }, native] = await Promise.all([
    collectConfigSchemas([plan.self, ...own], cacheDir(plan.workspace)),
    copyHoisted(layout, staging.dir),
    ...copied.map((files) => copyFiles(staging, files)),
    ...[...build.output.files].map(([path, content]) => staging.write(path, content)),
  ]);
  const hoisted = topLevelVersions(layout);
  const hostDrivers = usedDrivers(build.contents.imports.keys(), layout, plan);
  const described = { peerDependencies: peers.ranges, hostDrivers, hoisted, inlined };
  await staging.write('package.json', bundlePackageJson(plan, described));
  for (const [path, content] of nestedPackageJsons(plan)) await staging.write(path, content);
  for (const path of schemas ? SCHEMA_FILES : []) await staging.write(path, toJson(schemas));
  return { native, warnings };
}

/** Copies files of a package, as they are, into the bundle. */
export async function copyFiles(
  staging: Staging,
  { package: { dir }, to, paths }: Pick<CopiedFiles, 'to' | 'paths'> & { package: { dir: string } },
): Promise<void> {
  for (const path of paths) {
    const target = join(staging.dir, to, path);
    await mkdir(dirname(target), { recursive: true });
    await copyPlainFile(join(dir, path), target);
  }
}

/** The host's database drivers that inlined code imports, or a hoisted knex does. */
function usedDrivers(imported: Iterable<string>, layout: HoistLayout, { hostDrivers }: Plan): string[] {
  const names = new Set(imported);
  const all = [...layout.keys()].some((path) => path.endsWith('node_modules/knex'));
  return [...hostDrivers].filter((name) => all || names.has(name)).sort();
}
