// Builds every workspace package into its dist/: one CommonJS file per entry, packages left external.
// Runs in well under a second, so there is nothing to skip.
import { build } from 'esbuild';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Package folder → source entries below its src/. */
const packages = {
  bundle: ['index.ts'],
  cli: ['index.ts', 'main.ts', 'verify/child.ts'],
  loader: ['index.ts'],
  'portal/backend': ['index.ts', 'main.ts'],
};

export async function buildAll() {
  for (const [folder, entries] of Object.entries(packages)) {
    const present = entries.map((entry) => join(root, folder, 'src', entry)).filter(existsSync);
    await build({
      entryPoints: present,
      outdir: join(root, folder, 'dist'),
      outbase: join(root, folder, 'src'),
      outExtension: { '.js': '.cjs.js' },
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'cjs',
      target: 'node20.19',
      sourcemap: true,
      logLevel: 'warning',
    });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
