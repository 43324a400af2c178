import { cp, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { runProcess } from '../../support/childProcess';
import { repository } from '../../support/repository';
import { tempDir } from '../../support/tempDir';

const yarn = createRequire(import.meta.url).resolve('@yarnpkg/cli-dist/bin/yarn.js');
const example = join(repository, 'examples/hello-dynamic-backend');

/** The hello example as a repository of its own that Yarn has installed, with what this one has installed. */
async function yarnRepository(): Promise<string> {
  const dir = await tempDir();
  const plugin = join(dir, 'plugin');
  // Yarn takes a # in a path for the end of it.
  await symlink(repository, join(dir, 'repository'));
  await cp(example, plugin, {
    recursive: true,
    filter: (path) => !/^(\.?dist|node_modules)|\.tgz$/.test(basename(path)),
  });
  const text = await readFile(join(plugin, 'package.json'), 'utf8');
  const manifest = JSON.parse(text) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
  for (const field of ['dependencies', 'devDependencies'] as const) {
    for (const name of Object.keys(manifest[field])) {
      manifest[field][name] = `link:../repository/node_modules/${name}`;
    }
  }
  await withoutDependencies(join(repository, 'cli'), join(dir, 'cli'));
  manifest.devDependencies['@stagedoor/cli'] = 'portal:../cli';
  await writeFile(join(plugin, 'package.json'), JSON.stringify(manifest, null, 2));
  await writeFile(join(plugin, 'yarn.lock'), '');
  await writeFile(
    join(plugin, '.yarnrc.yml'),
    ['nodeLinker: node-modules', 'enableNetwork: false', 'enableTelemetry: false', 'enableGlobalCache: false', ''].join(
      '\n',
    ),
  );
  const install = await runProcess(process.execPath, [yarn, 'install', '--no-immutable'], { cwd: plugin });
  if (install.code !== 0) throw new Error(install.stdout + install.stderr);
  return plugin;
}

/** Makes `dir` a package of this repository as Yarn sees one whose dependencies are all installed. */
async function withoutDependencies(pkg: string, dir: string): Promise<void> {
  await mkdir(dir);
  for (const name of await readdir(pkg)) {
    if (name !== 'package.json' && name !== 'node_modules') await symlink(join(pkg, name), join(dir, name));
  }
  const { name, version, bin } = JSON.parse(await readFile(join(pkg, 'package.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  await writeFile(join(dir, 'package.json'), JSON.stringify({ name, version, bin }));
}

test('`yarn export-dynamic` exports the plugin of a repository that Yarn has installed', async () => {
  const plugin = await yarnRepository();
  const run = await runProcess(process.execPath, [yarn, 'export-dynamic', '--pack'], { cwd: plugin });
  expect(run.code, run.stdout + run.stderr).toBe(0);
  expect(await readdir(join(plugin, 'dist-dynamic'))).toContain('dynamic-bundle.json');
  expect(await readdir(plugin)).toContain('stagedoor-hello-dynamic-backend-dynamic-0.1.0.tgz');
  const manifest = JSON.parse(await readFile(join(plugin, 'dist-dynamic/dynamic-bundle.json'), 'utf8')) as {
    source: { lockfile: { kind: string } };
  };
  expect(manifest.source.lockfile.kind).toBe('yarn-berry');
});
