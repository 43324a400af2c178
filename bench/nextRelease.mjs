// Exports published plugins for the release of Backstage before the installed one, drops them into a portal of the installed one, and
// writes docs/reference/upgrades.md: how many of them it refuses. See bench/README.md.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runScript } from '../scripts/lib/failure.mjs';
import { readJson, repository } from '../scripts/lib/repository.mjs';
import { SHARED_ROOT, backstageRelease, sharedPackages } from './lib/bundlePackage.mjs';
import { markdownTable } from './lib/numbers.mjs';
import { exportPackage } from './sweep/exportPackage.mjs';
import { loadBundles } from './sweep/loadBundles.mjs';
import { BACKENDS } from './sweep/packages.mjs';
import { cell } from './sweep/page.mjs';
import { Results } from './sweep/results.mjs';

/** What a portal answers about a bundle that is not for its release. */
const REFUSED = new Set(['PEER_UNSATISFIED', 'PEER_UNKNOWN', 'BACKSTAGE_VERSION_UNSUPPORTED']);

const { values: options } = parseArgs({
  options: {
    // Where results and bundles are kept: a run that was interrupted goes on where it stood.
    cache: { type: 'string', default: join(tmpdir(), 'stagedoor-next-release') },
    // Bundles that are made.
    count: { type: 'string', default: '60' },
    // Exports at a time, and seconds for each.
    jobs: { type: 'string', default: '2' },
    limit: { type: 'string', default: '420' },
  },
});

await runScript(async () => {
  const cache = resolve(options.cache);
  await mkdir(cache, { recursive: true });
  const host = previousHost();
  const bundles = await exportFor(host, cache);
  const dir = join(cache, 'portals');
  await rm(dir, { recursive: true, force: true });
  const statuses = await loadBundles(new Map(bundles.map(({ name, path }) => [name, path])), dir);
  const rows = bundles.map((bundle) => ({ ...bundle, status: statuses.get(bundle.name) }));
  await writeFile(join(repository, 'docs/reference/upgrades.md'), page(host, rows));
  const refused = rows.filter(isRefused);
  for (const { name, status } of refused) process.stdout.write(`refused: ${name}: ${status.message}\n`);
  process.stdout.write(`${refused.length} of ${rows.length} refused\n`);
  if (refused.length > 0) process.exitCode = 1;
});

/** The host manifest of a portal of the release before, on this machine. */
function previousHost() {
  const versions = readJson('test/releases/previous.json');
  const shared = sharedPackages(join(repository, 'cli')).filter(({ name }) => versions[name]);
  return {
    backstage: backstageRelease(tmpdir(), versions[SHARED_ROOT]).version,
    node: process.versions.node,
    platform: process.platform,
    arch: process.arch,
    abi: process.versions.modules,
    shared: Object.fromEntries(shared.map(({ name }) => [name, versions[name]])),
  };
}

/** The first bundles that can be made for a host. */
async function exportFor(host, cache) {
  const file = join(cache, 'host.json');
  await writeFile(file, JSON.stringify(host));
  const results = await Results.open(cache);
  const bundles = [];
  const open = [...BACKENDS];
  const work = async () => {
    for (let name = open.shift(); name !== undefined && bundles.length < Number(options.count); name = open.shift()) {
      const result = await exported(name, { results, file, release: host.backstage });
      if (!result.error && bundles.length < Number(options.count)) bundles.push(result);
    }
  };
  await Promise.all(Array.from({ length: Number(options.jobs) }, work));
  return bundles.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function exported(name, { results, file, release }) {
  const known = await results.read(name, release);
  if (known) return known;
  // What a bundle asks of its host does not depend on a start; the portal starts all of them.
  const flags = ['--host', file, '--no-start-check'];
  const result = await exportPackage(name, results.bundleOf(name), Number(options.limit) * 1000, flags);
  await results.write(name, release, result);
  const { error } = result;
  process.stderr.write(`${name}: ${error ? `${error.code} ${error.message.split('\n')[0]}` : result.version}\n`);
  return result;
}

function isRefused({ status }) {
  return REFUSED.has(status?.code);
}

function page({ backstage, shared }, rows) {
  const newer = sharedPackages(join(repository, 'cli')).find(({ name }) => name === SHARED_ROOT).version;
  const next = backstageRelease(tmpdir(), newer).version;
  return `# Bundles on the next release

Written by \`node bench/nextRelease.mjs\`; do not edit. ${rows.length} published plugins and modules were exported by name for a portal on Backstage ${backstage}
(\`backend-defaults\` ${shared[SHARED_ROOT]}) with \`--host\`, and dropped as they are into a portal on Backstage ${next} (\`backend-defaults\` ${newer}).

**Refused because of the release: ${rows.filter(isRefused).length} of ${rows.length}.** Running: ${count(rows, 'running')}. Waiting for their plugin: ${count(rows, 'waiting')}.

The portal has [the least config](../../bench/sweep/config.mjs) that the plugins require, and no service behind them answers.

${markdownTable(
  ['package', 'in the portal', 'reason'],
  rows.map(({ name, version, status }) => [
    `\`${name.replace(/-dynamic$/, '')}\` ${version}`,
    isRefused({ status }) ? 'refused' : (status?.state ?? 'unknown'),
    status?.code ? cell(`${status.code}: ${status.message}`) : '–',
  ]),
)}
`;
}

function count(rows, state) {
  return rows.filter(({ status }) => status?.state === state).length;
}
