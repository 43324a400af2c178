import { appendFile, cp, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readJson, repository } from '../../scripts/lib/repository.mjs';
import { exportBundle } from '../lib/exportBundle.mjs';
import { npmInstall } from '../lib/install.mjs';
import { formatMs } from '../lib/numbers.mjs';
import { measure, timed } from '../lib/timed.mjs';

const example = join(repository, 'examples/hello-dynamic-backend');
const PEER = 'npm install --omit=dev';
/** What is promised: milliseconds at most, and how many times as fast as the peer; without and with verification. */
const HELLO_BUDGETS = [
  { ms: 600, ratio: 10 },
  { ms: 2500, ratio: 2 },
];
const LARGER_BUDGETS = [{}, { ratio: 2 }];
/** Published plugins among the development packages of test/. */
const LARGER = ['@backstage/plugin-catalog-backend', '@backstage/plugin-techdocs-backend'];

/** Exports the hello example, against installing it. */
export async function compareExports({ dir, runs, report }) {
  const copy = await copyExample(join(dir, 'export-hello'));
  const out = join(dir, 'export-out');
  // A text that was never compiled before.
  await appendFile(join(copy, 'config.d.ts'), `\n// ${Date.now()}\n`);
  const first = await timed(() => exportBundle(copy, out, '--no-start-check'));
  const without = await measure(runs.exports, () => exportBundle(copy, out, '--no-start-check'));
  const checked = await measure(runs.exports, () => exportBundle(copy, out));
  const { devDependencies: _, ...manifest } = JSON.parse(await readFile(join(example, 'package.json'), 'utf8'));
  const peer = await measureInstalls(dir, runs.installs, manifest);
  reportTimes(report, 'The hello example', { without, checked, peer, budgets: HELLO_BUDGETS }, [
    ['first export --no-start-check, which compiles the config schema', first],
    [PEER, peer],
  ]);
}

/** Exports larger plugins, installed beforehand as they would be, against installing them. */
export async function compareLargerExports({ dir, runs, report }) {
  const { devDependencies } = readJson('test/package.json');
  const from = join(repository, 'test');
  const out = join(dir, 'export-out-larger');
  for (const name of LARGER) {
    const without = await measure(runs.largerExports, () => exportBundle(from, out, '--no-start-check', name));
    const checked = await measure(runs.largerExports, () => exportBundle(from, out, name));
    const manifest = { private: true, dependencies: { [name]: devDependencies[name] } };
    // Without building native code, which the export does not do either.
    const peer = await measureInstalls(dir, runs.largerInstalls, manifest, '--ignore-scripts');
    reportTimes(report, name, { without, checked, peer, budgets: LARGER_BUDGETS }, [
      [`${PEER} --ignore-scripts`, peer],
    ]);
  }
}

function reportTimes(report, title, { without, checked, peer, budgets }, others) {
  const rows = [
    ['export --no-start-check', without, budgets[0]],
    ['export', checked, budgets[1]],
  ];
  report.table(
    `${title}, whole processes, medians`,
    ['what', 'time', 'budget', 'faster than npm', 'budget'],
    [
      ...rows.map(([what, ms, budget]) => [
        what,
        formatMs(ms),
        budget.ms ? `≤ ${budget.ms} ms` : '',
        `${(peer / ms).toFixed(1)}×`,
        budget.ratio ? `≥ ${budget.ratio}×` : '',
      ]),
      ...others.map(([what, ms]) => [what, formatMs(ms), '', '', '']),
    ],
  );
  for (const [what, ms, { ms: most = Infinity, ratio = 0 }] of rows) {
    report.budget(`${what} of ${title}`, ms <= most && peer / ms >= ratio);
  }
}

async function copyExample(to) {
  await cp(example, to, { recursive: true, filter: (path) => !/(node_modules|dist-dynamic)$/.test(path) });
  await symlink(join(repository, 'node_modules'), join(to, 'node_modules'), 'dir');
  return to;
}

/** Median duration of installing what `manifest` depends on, npm's cache warmed by one before. */
async function measureInstalls(dir, runs, manifest, ...flags) {
  const { overrides } = readJson('package.json');
  return await measure(runs, async () => {
    const copy = await mkdtemp(join(dir, 'install-'));
    await writeFile(join(copy, 'package.json'), JSON.stringify({ ...manifest, overrides }));
    await npmInstall(copy, ...flags);
  });
}
