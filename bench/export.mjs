// How long an export takes and what it weighs, against installing the same plugin with npm. See bench/README.md.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { buildAll } from '../scripts/build.mjs';
import { runScript } from '../scripts/lib/failure.mjs';
import { readJson, repository } from '../scripts/lib/repository.mjs';
import { installWithoutShared, npmInstall } from './lib/install.mjs';
import { formatBytes, formatShare, markdownTable, median } from './lib/numbers.mjs';
import { treeSize } from './lib/treeSize.mjs';

const run = promisify(execFile);
const bin = join(repository, 'cli/bin/stagedoor.js');
const example = join(repository, 'examples/hello-dynamic-backend');

const short = process.argv.includes('--short');
const RUNS = short ? { exports: 3, installs: 1 } : { exports: 9, installs: 3 };

/** Published plugins among the development packages of test/, by name. */
const PLUGINS = [
  '@backstage-community/plugin-badges-backend',
  '@backstage-community/plugin-sonarqube-backend',
  '@backstage-community/plugin-todo-backend',
  '@backstage/plugin-auth-backend-module-github-provider',
  '@backstage/plugin-catalog-backend',
  '@backstage/plugin-catalog-backend-module-github',
  '@backstage/plugin-notifications-backend',
  '@backstage/plugin-scaffolder-backend',
  '@backstage/plugin-search-backend',
  '@backstage/plugin-techdocs-backend',
];

await runScript(async () => {
  await buildAll();
  const dir = await mkdtemp(join(tmpdir(), 'stagedoor-bench-'));
  try {
    const missed = [...(await compareTimes(dir)), ...(short ? [] : await compareSizes(dir))];
    for (const budget of missed) process.stdout.write(`missed: ${budget}\n`);
    if (missed.length > 0 && !short) process.exitCode = 1;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

/** Prints the times for the hello example; gives the budgets that were missed. */
async function compareTimes(dir) {
  const copy = await copyExample(join(dir, 'hello'));
  const without = await measure(RUNS.exports, () => exportPlugin(copy, join(dir, 'out'), '--no-verify'));
  const withVerify = await measure(RUNS.exports, () => exportPlugin(copy, join(dir, 'out')));
  const install = await measureInstalls(dir);
  const rows = [
    ['export --no-verify', without, 600, 10],
    ['export', withVerify, 2500, 2],
  ].map(([what, ms, budgetMs, budgetRatio]) => ({ what, ms, budgetMs, ratio: install / ms, budgetRatio }));
  print(
    'The hello example, whole processes, medians',
    ['what', 'time', 'budget', 'faster than npm', 'budget'],
    [
      ...rows.map(({ what, ms, budgetMs, ratio, budgetRatio }) => [
        what,
        `${Math.round(ms)} ms`,
        `≤ ${budgetMs} ms`,
        `${ratio.toFixed(1)}×`,
        `≥ ${budgetRatio}×`,
      ]),
      ['npm install --omit=dev', `${Math.round(install)} ms`, '', '', ''],
    ],
  );
  return rows
    .filter(({ ms, budgetMs, ratio, budgetRatio }) => ms > budgetMs || ratio < budgetRatio)
    .map(({ what }) => `${what} of the hello example`);
}

/** Prints the sizes of real plugins; gives the budgets that were missed. */
async function compareSizes(dir) {
  const { devDependencies } = readJson('test/package.json');
  const rows = [];
  for (const name of PLUGINS) {
    const place = join(dir, name.replace(/\W+/g, '-').slice(1));
    await mkdir(join(place, 'installed'), { recursive: true });
    await installWithoutShared(join(place, 'installed'), { [name]: devDependencies[name] });
    const installed = await treeSize(join(place, 'installed/node_modules'));
    await exportPlugin(join(repository, 'test'), join(place, 'out'), '--no-verify', name);
    rows.push({ name, installed, bundle: await treeSize(join(place, 'out')) });
  }
  const share = (of) => median(rows.map(({ bundle, installed }) => bundle[of] / installed[of]));
  print(
    'Bundles against what npm installs for the plugin without the shared packages',
    ['plugin', 'bytes', 'of', 'files', 'of'],
    [
      ...rows.map(({ name, bundle, installed }) => [
        name,
        formatBytes(bundle.bytes),
        formatShare(bundle.bytes, installed.bytes),
        String(bundle.files),
        formatShare(bundle.files, installed.files),
      ]),
      ['median', '', `${(100 * share('bytes')).toFixed(1)} %`, '', `${(100 * share('files')).toFixed(1)} %`],
      ['budget', '', '≤ 15 %', '', '≤ 5 %'],
    ],
  );
  return [share('bytes') > 0.15 && 'bytes of real plugins', share('files') > 0.05 && 'files of real plugins'].filter(
    Boolean,
  );
}

async function copyExample(to) {
  await cp(example, to, { recursive: true, filter: (path) => !/(node_modules|dist-dynamic)$/.test(path) });
  await symlink(join(repository, 'node_modules'), join(to, 'node_modules'), 'dir');
  return to;
}

/** Median duration of an installation into a copy of the example, npm's cache warmed by one before. */
async function measureInstalls(dir) {
  const source = JSON.parse(await readFile(join(example, 'package.json'), 'utf8'));
  const { overrides } = readJson('package.json');
  let count = 0;
  const install = async () => {
    const copy = join(dir, `install-${count++}`);
    await mkdir(copy);
    await writeFile(join(copy, 'package.json'), JSON.stringify({ ...source, devDependencies: undefined, overrides }));
    return await npmInstall(copy);
  };
  await install();
  const times = [];
  for (let i = 0; i < RUNS.installs; i++) times.push(await install());
  return median(times);
}

async function exportPlugin(cwd, out, ...args) {
  await run(process.execPath, [bin, 'export', ...args, '--out', out], { cwd });
}

/** Median duration in milliseconds; the first run, which fills caches, does not count. */
async function measure(runs, action) {
  await action();
  const times = [];
  for (let i = 0; i < runs; i++) {
    const started = performance.now();
    await action();
    times.push(performance.now() - started);
  }
  return median(times);
}

function print(title, heading, rows) {
  process.stdout.write(`${title}\n\n${markdownTable(heading, rows)}\n\n`);
}
