// How long an export takes and what it weighs, against installing the same plugin with npm. See bench/README.md.
import { execFile } from 'node:child_process';
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
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
const RUNS = short ? { exports: 3, installs: 1 } : { exports: 9, installs: 3, larger: 5, largerInstalls: 1 };
const PEER = 'npm install --omit=dev';
/** How many times as fast as the peer: without and with verification. */
const BUDGET_RATIOS = [10, 2];

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

/** Of those the ones whose times are compared as well. */
const LARGER = ['@backstage/plugin-catalog-backend', '@backstage/plugin-techdocs-backend'];

await runScript(async () => {
  await buildAll();
  const dir = await mkdtemp(join(tmpdir(), 'stagedoor-bench-'));
  try {
    const missed = await compareTimes(dir);
    if (!short) missed.push(...(await compareLarger(dir)), ...(await compareSizes(dir)));
    for (const budget of missed) process.stdout.write(`missed: ${budget}\n`);
    if (missed.length > 0 && !short) process.exitCode = 1;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

/** Prints the times for the hello example; gives the budgets that were missed. */
async function compareTimes(dir) {
  const copy = await copyExample(join(dir, 'hello'));
  const out = join(dir, 'out');
  // A text that nobody has compiled before.
  await appendFile(join(copy, 'config.d.ts'), `\n// ${Date.now()}\n`);
  const first = await timed(() => exportPlugin(copy, out, '--no-verify'));
  const { overrides } = readJson('package.json');
  const source = { ...JSON.parse(await readFile(join(example, 'package.json'), 'utf8')), devDependencies: undefined };
  const rows = [
    { what: 'export --no-verify', ms: await measure(RUNS.exports, () => exportPlugin(copy, out, '--no-verify')) },
    { what: 'export', ms: await measure(RUNS.exports, () => exportPlugin(copy, out)) },
  ];
  const peer = await measureInstalls(dir, RUNS.installs, { ...source, overrides });
  printTimes('The hello example', withBudgets(rows, peer, [600, 2500]), [
    { what: 'first export --no-verify, which compiles the config schema', ms: first },
    { what: PEER, ms: peer },
  ]);
  return missedTimes('the hello example', withBudgets(rows, peer, [600, 2500]));
}

/** Prints the times for larger plugins, installed beforehand as they would be; gives the budgets that were missed. */
async function compareLarger(dir) {
  const { devDependencies } = readJson('test/package.json');
  const missed = [];
  for (const name of LARGER) {
    const out = join(dir, 'out-larger');
    const from = join(repository, 'test');
    const rows = [
      {
        what: 'export --no-verify',
        ms: await measure(RUNS.larger, () => exportPlugin(from, out, '--no-verify', name)),
      },
      { what: 'export', ms: await measure(RUNS.larger, () => exportPlugin(from, out, name)) },
    ];
    const manifest = { private: true, dependencies: { [name]: devDependencies[name] } };
    // Without building native code, which the export does not do either.
    const { overrides } = readJson('package.json');
    const peer = await measureInstalls(dir, RUNS.largerInstalls, { ...manifest, overrides }, '--ignore-scripts');
    printTimes(name, withBudgets(rows, peer), [{ what: `${PEER} --ignore-scripts`, ms: peer }]);
    missed.push(...missedTimes(name, withBudgets(rows, peer)));
  }
  return missed;
}

/** Adds to the row without and the row with verification what they are held against. */
function withBudgets(rows, peer, budgets = []) {
  return rows.map((row, i) => ({ ...row, ratio: peer / row.ms, budgetMs: budgets[i], budgetRatio: BUDGET_RATIOS[i] }));
}

function missedTimes(of, rows) {
  return rows
    .filter(({ ms, budgetMs = Infinity, ratio, budgetRatio }) => ms > budgetMs || ratio < budgetRatio)
    .map(({ what }) => `${what} of ${of}`);
}

function printTimes(title, rows, others) {
  print(
    `${title}, whole processes, medians`,
    ['what', 'time', 'budget', 'faster than npm', 'budget'],
    [...rows, ...others].map(({ what, ms, budgetMs, ratio, budgetRatio }) => [
      what,
      `${Math.round(ms)} ms`,
      budgetMs ? `≤ ${budgetMs} ms` : '',
      ratio ? `${ratio.toFixed(1)}×` : '',
      ratio ? `≥ ${budgetRatio}×` : '',
    ]),
  );
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

/** Median duration of installing `manifest`, npm's cache warmed by one before. */
async function measureInstalls(dir, runs, manifest, ...flags) {
  return await measure(runs, async () => {
    const copy = await mkdtemp(join(dir, 'install-'));
    await writeFile(join(copy, 'package.json'), JSON.stringify(manifest));
    await npmInstall(copy, ...flags);
  });
}

async function exportPlugin(cwd, out, ...args) {
  await run(process.execPath, [bin, 'export', ...args, '--out', out], { cwd });
}

/** Median duration in milliseconds; the first run, which fills caches, does not count. */
async function measure(runs, action) {
  await action();
  const times = [];
  for (let i = 0; i < runs; i++) times.push(await timed(action));
  return median(times);
}

async function timed(action) {
  const started = performance.now();
  await action();
  return performance.now() - started;
}

function print(title, heading, rows) {
  process.stdout.write(`${title}\n\n${markdownTable(heading, rows)}\n\n`);
}
