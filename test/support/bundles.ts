import { digestOf, formatManifest, listFiles, packBundle, MANIFEST_FILE, type BundleRole } from '@stagedoor/bundle';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { repository } from './repository';
import { makeTempDir } from './tempDir';

const fixtures = join(repository, 'test/fixtures/bundles');

/** How a fixture bundle is made. */
export interface FixtureOptions {
  version?: string;
  /** False leaves the manifest out, as bundles of other tools do. Default: true. */
  sealed?: boolean;
  /** Further files, by path. */
  files?: Record<string, string | Buffer>;
  /** Further changes to package.json. */
  packageJson?: Record<string, unknown>;
  /** `host.shared` of the manifest. */
  shared?: Record<string, string>;
  /** Further changes to the manifest. */
  manifest?: Record<string, unknown>;
}

/** Copies test/fixtures/bundles/<name> into `<parent>/<name>-<version>` as a bundle; returns its folder. */
export async function fixtureBundle(parent: string, name: string, options: FixtureOptions = {}): Promise<string> {
  const { version = '1.0.0', sealed = true } = options;
  const dir = join(parent, `${name}-${version}`);
  await rm(dir, { recursive: true, force: true });
  await cp(join(fixtures, name), dir, { recursive: true });
  for (const [path, text] of Object.entries(options.files ?? {})) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  const file = join(dir, 'package.json');
  const packageJson = {
    ...(JSON.parse(await readFile(file, 'utf8')) as { name: string; backstage: { role: BundleRole } }),
    version,
    ...(sealed && { stagedoor: { format: 1 } }),
    ...options.packageJson,
  };
  await writeFile(file, JSON.stringify(packageJson, null, 2));
  if (sealed) await seal(dir, packageJson, options);
  return dir;
}

/** Writes the manifest of what is in `dir`. */
async function seal(
  dir: string,
  packageJson: { name: string; version: string; backstage: { role: BundleRole } },
  options: FixtureOptions,
): Promise<void> {
  const files = await listFiles(dir);
  const manifest = formatManifest({
    format: 1,
    name: packageJson.name,
    version: packageJson.version,
    role: packageJson.backstage.role,
    source: { name: packageJson.name.replace(/-dynamic$/, ''), version: packageJson.version },
    host: { shared: options.shared ?? { '@backstage/backend-plugin-api': '^1.0.0' } },
    files,
    digest: digestOf(files),
    tool: { name: 'fixture', version: '1.0.0' },
    ...options.manifest,
  });
  await writeFile(join(dir, MANIFEST_FILE), manifest);
}

/** Puts a copy of a bundle folder into a root directory in one step, as an atomic rename does; replaces what is there. */
export async function dropFolder(bundle: string, root: string, entry: string): Promise<void> {
  const temporary = join(await makeTempDir(), entry);
  await cp(bundle, temporary, { recursive: true });
  await rm(join(root, entry), { recursive: true, force: true });
  await rename(temporary, join(root, entry));
  await rm(join(temporary, '..'), { recursive: true, force: true });
}

/** Packs a bundle folder and puts the archive into a root directory in one step. */
export async function dropArchive(bundle: string, root: string, entry: string): Promise<void> {
  await packBundle(bundle, join(root, entry));
}
