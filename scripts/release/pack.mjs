import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { INLINED } from '../build.mjs';
import { repository } from '../lib/repository.mjs';
import { importedPackages } from './check.mjs';
import { writeDeclarations } from './declarations.mjs';
import { builtInPackages, noticesOf } from './notices.mjs';
import { npmOutput } from './npm.mjs';
import { packedManifest } from './packedManifest.mjs';

/** The line that names the source map of a file. */
const MAP_COMMENT = /^\/\/# sourceMappingURL=\S+\n?$/m;

const NOTICES = 'dist/THIRD-PARTY-NOTICES.txt';

/**
 * Packs `packages`, which are built, into archives in the folder `out`. What is packed is staged elsewhere: the workspace
 * stays as it is. `onPackage(name)` is called as each one begins. Returns name, version, path and size of each archive.
 */
export async function packAll(packages, { out, project, onPackage = () => {} }) {
  await mkdir(out, { recursive: true });
  const siblings = new Map(packages.map(({ manifest }) => [manifest.name, manifest.version]));
  const packed = [];
  for (const pkg of packages) {
    onPackage(pkg.manifest.name);
    const stage = await mkdtemp(join(tmpdir(), 'stagedoor-pack-'));
    try {
      await fill(stage, pkg, { packages, siblings, project });
      const [{ name, version, filename, size, unpackedSize }] = JSON.parse(
        await npmPack(['--pack-destination', out], stage),
      );
      packed.push({ name, version, file: join(out, filename), size, unpackedSize });
    } finally {
      await rm(stage, { recursive: true, force: true });
    }
  }
  return packed;
}

/** What is packed, in the order in which a later part may replace a file of an earlier one. */
async function fill(stage, pkg, { packages, siblings, project }) {
  const needed = { ...pkg.manifest.dependencies, ...pkg.manifest.peerDependencies };
  const declarations = await writeDeclarations(
    pkg,
    packages.filter(({ manifest }) => manifest.name in needed),
  );
  for (const path of await filesOf(pkg.dir)) await copy(join(pkg.dir, path), join(stage, path));
  await cp(declarations, join(stage, 'dist'), { recursive: true });
  await copy(join(repository, 'LICENSE'), join(stage, 'LICENSE'));
  const changelog = join(pkg.dir, 'CHANGELOG.md');
  if (existsSync(changelog)) await copy(changelog, join(stage, 'CHANGELOG.md'));
  const notices = noticesOf(builtInPackages(join(pkg.dir, 'dist')));
  if (notices) await writeFile(join(stage, NOTICES), notices);
  const left = INLINED.filter((name) => !importedIn(declarations).has(name));
  const manifest = packedManifest(pkg.manifest, { folder: pkg.folder, siblings, project, left });
  await writeFile(join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Without source maps: they are two thirds of an archive, and the code is not minified. */
async function filesOf(dir) {
  const [{ files }] = JSON.parse(await npmPack(['--dry-run'], dir));
  return files.map(({ path }) => path).filter((path) => !path.endsWith('.map'));
}

/** Runs nothing of the package: what is packed is built. */
async function npmPack(args, cwd) {
  return await npmOutput(['pack', '--json', '--ignore-scripts', ...args], { cwd });
}

async function copy(from, to) {
  await mkdir(dirname(to), { recursive: true });
  if (!from.endsWith('.js')) return await cp(from, to);
  const code = await readFile(from, 'utf8');
  await writeFile(to, code.replace(MAP_COMMENT, ''), { mode: (await stat(from)).mode });
}

/** The packages that the declarations in a folder import. */
function importedIn(dir) {
  const files = readdirSync(dir, { recursive: true }).filter((name) => name.endsWith('.d.ts'));
  return new Set(files.flatMap((name) => importedPackages(readFileSync(join(dir, name), 'utf8'))));
}
