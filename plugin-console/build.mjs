// Builds the package into dist/ as ES modules, split where code is loaded later: an app's bundler drops
// what it does not use, and loads pages when they are opened. Packages stay imports; stylesheets become text.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build as esbuild } from 'esbuild';

const dir = import.meta.dirname;

/** Builds the package. Throws with every error of the compiler. */
export async function build() {
  await rm(join(dir, 'dist'), { recursive: true, force: true });
  await esbuild({
    absWorkingDir: dir,
    entryPoints: { index: 'src/index.ts', 'remotes/index': 'src/remotes/index.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.esm.js' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    loader: { '.css': 'text' },
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
  });
}
