import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../../../scripts/lib/repository.mjs';

const API = '@backstage/backend-plugin-api';

/**
 * Writes the plugin of an exercise into the new folder `dir`, built as plugins are published: CommonJS, and dependencies
 * in the versions that are installed in `modules`. Gives its entry.
 */
export async function writePlugin({ name, file, packages }, dir, modules) {
  const dist = join(dir, 'dist');
  await mkdir(dist, { recursive: true });
  const versionOf = async (each) => JSON.parse(await readFile(join(modules, each, 'package.json'), 'utf8')).version;
  const dependencies = {};
  for (const each of [API, ...packages]) dependencies[each] = `^${await versionOf(each)}`;
  const manifest = {
    ...{ name: `exercise-${name}-backend`, version: '1.0.0', license: 'Apache-2.0' },
    ...{ main: 'dist/index.cjs.js', files: ['dist'] },
    backstage: { role: 'backend-plugin', pluginId: pluginIdOf(name) },
    dependencies,
  };
  await writeFile(join(dir, 'package.json'), JSON.stringify(manifest, undefined, 2));
  await copyFile(join(repository, 'bench/libraries/plugin.cjs'), join(dist, 'index.cjs.js'));
  await copyFile(file, join(dist, 'exercise.cjs'));
  return join(dist, 'index.cjs.js');
}

/** Plugin id of the plugin of an exercise. */
export function pluginIdOf(name) {
  return `exercise-${name}`;
}
