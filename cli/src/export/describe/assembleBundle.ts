import { SCHEMA_FILES, SHARED_ROOT, copyPlainFile } from '@stagedoor/bundle';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CopiedFiles } from '../hoist/copiedFiles';
import { copyHoisted, topLevelVersions } from '../hoist/layout';
import type { Staging } from '../output/stagingFolder';
import type { ExportContext } from '../plan/exportContext';
import { cacheDir } from '../source/workspace';
import type { BundleParts } from './bundleParts';
import { collectConfigSchemas } from './configSchema';
import { bundlePackageJson, nestedPackageJsons, toJson } from './packageJson';

/** Writes everything of the bundle but its manifest, SBOM and licences into `staging`; with warnings; `native` when native code is among it. */
export async function assembleBundle(
  staging: Staging,
  { build, layout, copied, peers }: BundleParts,
  { plan, decisions }: ExportContext,
): Promise<{ native: boolean; warnings: string[] }> {
  // The host has the schemas of its own packages, also of those that a bundle carries a copy of.
  const inlined = [...build.contents.inlined.values()]
    .map((entry) => entry.package)
    .filter(({ name }) => name !== SHARED_ROOT && !plan.shared.has(name));
  const [{ schemas, warnings }, native] = await Promise.all([
    collectConfigSchemas([plan.self, ...inlined], cacheDir(plan.workspace)),
    copyHoisted(layout, decisions, staging.dir),
    ...copied.map((files) => copyFiles(staging, files)),
    ...[...build.output.files].map(([path, content]) => staging.write(path, content)),
  ]);
  const hoisted = topLevelVersions(layout);
  await staging.write('package.json', bundlePackageJson(plan, { peerDependencies: peers.ranges, hoisted }));
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
