// Builds every workspace package into its dist/: one CommonJS file per entry, packages left external but for a few.
import { existsSync, realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repository } from './lib/repository.mjs';
import { unlessUpToDate } from './lib/stamp.mjs';

/** Package folder → source entries below its src/. */
const packages = {
  bundle: ['index.ts'],
  cli: ['index.ts', 'api.ts', 'main.ts', 'startCheck/child/main.ts', 'startCheck/frontend/main.ts'],
  loader: [
    'index.ts',
    'ahead/worker.ts',
    'child.ts',
    'compile/child.ts',
    'host/modules/child.ts',
    'observability/metrics/sdk.ts',
    'pluginHealth.ts',
    'process/membrane/membrane.ts',
    'process/watchdog/main.ts',
    'validate/schemaWorker/worker.ts',
  ],
  'portal/backend': ['index.ts', 'main.ts'],
};

/** Packages of many small files that are needed at once: loading them individually costs more than everything else. */
export const INLINED = ['yargs', 'zod', 'semver', '@opentelemetry/exporter-prometheus', '@opentelemetry/sdk-metrics'];

/** Builds the packages whose sources changed since their last build; returns the folders of those built. */
export async function buildAll() {
  const built = [];
  for (const [folder, entries] of Object.entries(packages)) {
    const dir = join(repository, folder);
    const present = entries.filter((entry) => existsSync(join(dir, 'src', entry)));
    const ran = await unlessUpToDate(
      `build-${folder.replace('/', '-')}`,
      {
        inputs: [join(dir, 'src'), join(dir, 'package.json'), fileURLToPath(import.meta.url)],
        outputs: present.map((entry) => join(dir, 'dist', entry.replace(/\.ts$/, '.cjs.js'))),
      },
      () => buildPackage(dir, present),
    );
    if (ran) built.push(folder);
  }
  if (await buildConsole()) built.push('plugin-console');
  if (await buildApp()) built.push('portal/app');
  return built;
}

const consoleDir = join(repository, 'plugin-console');
const consoleInputs = ['src', 'package.json', 'build.mjs'].map((path) => join(consoleDir, path));

async function buildConsole() {
  const outputs = ['dist/index.esm.js', 'dist/remotes/index.esm.js'].map((path) => join(consoleDir, path));
  return unlessUpToDate('build-plugin-console', { inputs: consoleInputs, outputs }, async () => {
    const { build } = await import('../plugin-console/build.mjs');
    await build();
  });
}

async function buildApp() {
  const dir = join(repository, 'portal/app');
  const own = ['src', 'package.json', 'build.mjs', '../../package-lock.json', '../../scripts/release/notices.mjs'].map(
    (path) => join(dir, path),
  );
  const inputs = [...own, ...consoleInputs];
  return unlessUpToDate('build-portal-app', { inputs, outputs: [join(dir, 'dist/index.html.tmpl')] }, async () => {
    const app = await import('../portal/app/build.mjs');
    await app.build();
  });
}

async function buildPackage(dir, entries) {
  // Imported late: on a fresh clone it is not installed when this file is loaded.
  const { build } = await import('esbuild');
  const { dependencies = {}, peerDependencies } = JSON.parse(await readFile(join(dir, 'package.json'), 'utf8'));
  await build({
    entryPoints: entries.map((entry) => join(dir, 'src', entry)),
    outdir: join(dir, 'dist'),
    outbase: join(dir, 'src'),
    outExtension: { '.js': '.cjs.js' },
    bundle: true,
    external: externals({ ...dependencies, ...peerDependencies }),
    // As ES modules, yargs comes with a way to wrap lines that knows no words.
    alias: dependencies.yargs ? { yargs: createRequire(join(dir, 'package.json')).resolve('yargs') } : {},
    platform: 'node',
    format: 'cjs',
    target: 'node20.19',
    sourcemap: true,
    // For what is inlined of ES modules.
    define: { 'import.meta.url': 'moduleUrl' },
    // First, or the directive that esbuild writes comes too late to be one.
    banner: { js: `'use strict';\nconst moduleUrl = require('node:url').pathToFileURL(__filename).href;` },
    logLevel: 'warning',
  });
}

/** Everything that a package depends on, less what is inlined. */
function externals(dependencies) {
  const names = Object.keys(dependencies).filter((name) => !INLINED.includes(name));
  return names.flatMap((name) => [name, `${name}/*`]);
}

// The path that was called may lead over a link.
if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await buildAll();
