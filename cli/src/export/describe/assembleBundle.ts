import { SHARED_ROOT, copyPlainFile } from '@stagedoor/bundle';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Build } from '../placement/settle';
import type { Decisions } from '../plan/decisions';
import { collectConfigSchemas } from './configSchema';
import { bundlePackageJson, nestedPackageJsons } from './packageJson';
import { cacheDir } from '../source/workspace';
import { copyHoisted, type HoistLayout } from '../hoist/layout';
import type { Staging } from '../output/stagingFolder';
import type { Plan } from '../plan/plan';
import type { Travelling } from '../hoist/copiedFiles';

/** Names under which upstream's loader and RHDH look for the config schema. */
export const SCHEMA_FILES = ['dist/.config-schema.json', 'dist/configSchema.json'];

/** What goes into a bundle besides the plugin's own files. */
export interface Parts {
  build: Build;
  decisions: Decisions;
  layout: HoistLayout;
  /** Versions at the top of the layout. */
  hoisted: Record<string, string>;
  travelling: Travelling[];
  peerDependencies: Record<string, string>;
}

/** Writes everything of the bundle but its manifest into `staging`; true when native code is among it. */
export async function assembleBundle(
  staging: Staging,
  plan: Plan,
  { build, decisions, layout, hoisted, travelling, peerDependencies }: Parts,
): Promise<{ native: boolean }> {
  // The host has the schemas of its own packages, also of those that a bundle carries a copy of.
  const inlined = [...build.contents.inlined.values()]
    .map((entry) => entry.package)
    .filter(({ name }) => name !== SHARED_ROOT && !plan.shared.has(name));
  const [schemas, native] = await Promise.all([
    collectConfigSchemas([plan.self, ...inlined], cacheDir(plan.workspace)),
    copyHoisted(layout, decisions, staging.dir),
    ...travelling.map((files) => copyTravelling(staging, files)),
    ...[...build.output.files].map(([path, content]) => staging.write(path, content)),
  ]);
  await staging.write('package.json', bundlePackageJson(plan, { peerDependencies, hoisted }));
  for (const [path, content] of nestedPackageJsons(plan)) await staging.write(path, content);
  for (const path of schemas ? SCHEMA_FILES : []) {
    await staging.write(path, `${JSON.stringify(schemas, null, 2)}\n`);
  }
  return { native };
}

async function copyTravelling(staging: Staging, { package: { dir }, to, paths }: Travelling): Promise<void> {
  for (const path of paths) {
    const target = join(staging.dir, to, path);
    await mkdir(dirname(target), { recursive: true });
    await copyPlainFile(join(dir, path), target);
  }
}
