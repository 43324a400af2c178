import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repository } from '../lib/repository.mjs';
import { unlessUpToDate } from '../lib/stamp.mjs';
import { declarationOf } from './packedManifest.mjs';

/**
 * Writes the declarations of a workspace, one file for each entry of its `exports`, with the types of its own sources
 * rolled up and those of other packages imported. Only where sources changed since. Returns their folder, laid out as
 * `dist/` is.
 */
export async function writeDeclarations({ folder, dir, manifest }, siblings) {
  const out = join(repository, '.cache/declarations', folder);
  const entries = sourceEntries(manifest);
  const own = join(dir, 'tsconfig.json');
  const tsconfig = existsSync(own) ? own : join(repository, 'tsconfig.json');
  const outputs = entries.map((entry) => join(out, relative('dist', declarationOf(entry))));
  // The types of siblings are read from their sources.
  const sources = [{ dir }, ...siblings].map((pkg) => join(pkg.dir, 'src'));
  const inputs = [...sources, join(dir, 'package.json'), tsconfig, fileURLToPath(import.meta.url)];
  await unlessUpToDate(`declarations-${folder.replaceAll('/', '-')}`, { inputs, outputs }, async () => {
    await rm(out, { recursive: true, force: true });
    await rollUp(dir, entries, { tsconfig, out });
  });
  return out;
}

/** `src/…` of every entry that has types. */
function sourceEntries({ types, exports = {} }) {
  const named = [types, ...Object.values(exports).map((target) => target?.types)];
  const paths = named.flatMap((path) => (path ? [path.replace(/^\.\//, '')] : []));
  return [...new Set(paths.filter((path) => path !== declarationOf(path)))];
}

async function rollUp(dir, entries, { tsconfig, out }) {
  const { rollup } = await import('rollup');
  const { dts } = await import('rollup-plugin-dts');
  const bundle = await rollup({
    input: Object.fromEntries(
      entries.map((entry) => [relative('src', entry).replace(/\.tsx?$/, ''), join(dir, entry)]),
    ),
    external: (id) => !/^[./]/.test(id),
    plugins: [dts({ tsconfig, compilerOptions: { declaration: true, noEmit: false } })],
    onwarn: (warning) => {
      throw new Error(`Declarations of ${dir}: ${warning.message}`);
    },
  });
  await bundle.write({ dir: out, entryFileNames: '[name].d.ts', chunkFileNames: 'shared-[hash].d.ts' });
  await bundle.close();
}
