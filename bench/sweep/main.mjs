// Exports published plugins by name with no flag, loads them into a running portal, writes docs/real-plugins.md.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import pacote from 'pacote';
import { npmSettings } from '../../scripts/lib/fixedRegistry.mjs';
import { runScript } from '../../scripts/lib/failure.mjs';
import { repository } from '../../scripts/lib/repository.mjs';
import { exportPackage } from './exportPackage.mjs';
import { loadBundles } from './loadBundles.mjs';
import { BACKENDS, FRONTENDS } from './packages.mjs';
import { page } from './page.mjs';
import { Results } from './results.mjs';

const { values: options } = parseArgs({
  options: {
    // Where results and bundles are kept: a sweep that was interrupted goes on where it stood.
    cache: { type: 'string', default: join(tmpdir(), 'stagedoor-sweep') },
    // Only packages whose name matches this regular expression.
    only: { type: 'string', default: '' },
    // Exports at a time, and seconds for each.
    jobs: { type: 'string', default: '2' },
    limit: { type: 'string', default: '420' },
    // What is done: only the exports, or the rest with the exports that are there already.
    'exports-only': { type: 'boolean', default: false },
    'no-exports': { type: 'boolean', default: false },
  },
});

await runScript(async () => {
  const cache = resolve(options.cache);
  await mkdir(cache, { recursive: true });
  const results = await Results.open(cache);
  const wanted = new RegExp(options.only);
  const backends = await exportAll(
    BACKENDS.filter((name) => wanted.test(name)),
    results,
  );
  const frontends = await exportAll(
    FRONTENDS.filter((name) => wanted.test(name)),
    results,
  );
  if (options['exports-only']) return;
  // The log of the portal stays.
  const dir = join(cache, 'portals');
  await rm(dir, { recursive: true, force: true });
  const rows = [...backends, ...frontends];
  const exported = rows.filter(({ result }) => result && !result.error);
  const statuses = await loadBundles(new Map(exported.map(({ result }) => [result.name, result.path])), dir);
  for (const row of exported) row.status = statuses.get(row.result.name);
  await writeFile(join(repository, 'docs/real-plugins.md'), page({ backends, frontends }));
});

/** What came of the export of each package: `version` is undefined where the registry has none, `result` where it was not tried. */
async function exportAll(names, results) {
  const settings = await npmSettings();
  const rows = names.map((name) => ({ name }));
  await inParallel(rows, Number(options.jobs), async (row) => {
    const { name } = row;
    row.version = await newest(name, settings);
    if (!row.version) return say(name, 'not in this registry');
    row.result = await results.read(name, row.version);
    if (row.result || options['no-exports']) return;
    row.result = await exportPackage(name, results.bundleOf(name), Number(options.limit) * 1000);
    await results.write(name, row.version, row.result);
    const { error } = row.result;
    say(name, error ? `${error.code} ${error.message.split('\n')[0]}` : 'exported');
  });
  return rows;
}

async function newest(name, settings) {
  return await pacote.manifest(name, { ...settings, fullMetadata: false }).then(
    ({ version }) => version,
    () => undefined,
  );
}

async function inParallel(items, jobs, work) {
  const open = [...items];
  await Promise.all(
    Array.from({ length: jobs }, async () => {
      for (let item = open.shift(); item !== undefined; item = open.shift()) await work(item);
    }),
  );
}

function say(name, text) {
  process.stderr.write(`${name}: ${text}\n`);
}
