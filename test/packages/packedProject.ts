import { mkdir, readFile, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { extract } from 'tar';
import { runProcess } from '../support/childProcess';
import { linkInstalled } from '../support/linkInstalled';
import { repository } from '../support/repository';

/** The package.json of a package that was packed. */
export interface PackedManifest {
  name: string;
  version: string;
  exports: Record<string, unknown>;
  bin?: Record<string, string>;
  backstage?: { role: string };
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  repository?: { url: string; directory: string };
}

/** Packs everything that is published as a release does, into the folder `out`, for a project that lives somewhere. */
export async function packAll(out: string): Promise<{ archives: string[]; stdout: string }> {
  const project = join(dirname(out), 'project.json');
  const address = 'https://git.example.com/acme/stagedoor';
  await writeFile(project, JSON.stringify({ repository: address, homepage: address, bugs: `${address}/issues` }));
  const script = join(repository, 'scripts/release.mjs');
  const args = [script, '--dry-run', '--out', out, '--project', project];
  const { code, stdout, stderr } = await runProcess(process.execPath, args);
  if (code !== 0) throw new Error(stderr);
  return { archives: (await readdir(out)).sort().map((name) => join(out, name)), stdout };
}

/**
 * An empty project in `dir` with the archives installed as npm installs them: each package in node_modules, its commands
 * in node_modules/.bin. What they depend on is linked from this repository.
 */
export async function installPacked(dir: string, archives: readonly string[]): Promise<PackedManifest[]> {
  const modules = join(dir, 'node_modules');
  await mkdir(join(modules, '.bin'), { recursive: true });
  const manifests = await Promise.all(archives.map((archive) => installArchive(modules, archive)));
  const ranges = Object.fromEntries(manifests.map(({ name, version }) => [name, version]));
  await writeFile(join(dir, 'package.json'), JSON.stringify({ name: 'consumer', private: true, dependencies: ranges }));
  await linkInstalled(join(repository, 'node_modules'), modules);
  return manifests;
}

async function installArchive(modules: string, archive: string): Promise<PackedManifest> {
  const staged = join(modules, '.staged', basename(archive));
  await mkdir(staged, { recursive: true });
  await extract({ file: archive, cwd: staged, strip: 1 });
  const manifest = JSON.parse(await readFile(join(staged, 'package.json'), 'utf8')) as PackedManifest;
  const place = join(modules, manifest.name);
  await mkdir(dirname(place), { recursive: true });
  await rename(staged, place);
  for (const [command, file] of Object.entries(manifest.bin ?? {})) {
    await symlink(join('..', manifest.name, file), join(modules, '.bin', command));
  }
  // What the repository nests below this workspace.
  const nested = join(repository, manifest.name.split('/')[1]!, 'node_modules');
  if (existsSync(nested)) await linkInstalled(nested, join(place, 'node_modules'));
  return manifest;
}
