import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { npmEnvironment } from '../../scripts/lib/npm.mjs';
import { repository } from '../../scripts/lib/repository.mjs';
import { sealAgain } from '../lib/variants.mjs';
import { interleaved } from '../lib/interleaved.mjs';
import { formatBytes, formatMs, formatRatio, median } from '../lib/numbers.mjs';
import { timed } from '../lib/timed.mjs';
import { publish, startVerdaccio } from '../lib/verdaccio.mjs';

const run = promisify(execFile);
const MEMORY = 150e6;
/** What the code of a published plugin comes to when it is bundled, see docs/real-plugins.md. */
const CODE_BYTES = 2.5e6;

/** `stagedoor install` of bundles from a registry, against `npm pack` and `tar` for one after another; caches are empty. */
export async function compareInstalls({ dir, hello, runs, report }) {
  const place = join(dir, 'installs');
  const registry = await startVerdaccio(join(place, 'verdaccio'));
  try {
    const packages = await publishBundles(registry.url, hello, place, runs.plugins);
    const peaks = [];
    const times = await interleaved(
      runs.pluginInstalls,
      {
        stagedoor: async (scratch, env) => peaks.push(await install(scratch, env, packages)),
        'npm pack, tar': (scratch, env) => packAll(scratch, env, packages),
      },
      async (fetchAll) => {
        const scratch = await mkdtemp(join(place, 'run-'));
        const env = environment({ registry: registry.url, cache: join(scratch, 'cache') });
        const ms = await timed(() => fetchAll(scratch, env));
        await rm(scratch, { recursive: true, force: true });
        return ms;
      },
    );
    const [ours, theirs] = [median(times.stagedoor), median(times['npm pack, tar'])];
    const peak = Math.max(...peaks);
    const bytes = packages.reduce((sum, one) => sum + one.bytes, 0);
    report.table(
      `Installing ${packages.length} bundles, ${formatBytes(bytes)} as archives, from a local registry`,
      ['', 'stagedoor install', 'npm pack and tar', 'ratio', 'budget'],
      [
        ['duration', formatMs(ours), formatMs(theirs), formatRatio(theirs / ours), '≥ 3×'],
        ['most memory', formatBytes(peak), '', '', `≤ ${formatBytes(MEMORY)}`],
      ],
    );
    report.budget('duration of an install', theirs / ours >= 3);
    report.budget('memory of an install', peak <= MEMORY);
  } finally {
    await registry.stop();
  }
}

/** This process's environment with other settings of npm: those in it count more than any file. */
function environment(settings) {
  const others = Object.entries(npmEnvironment()).filter(([name]) => !/^npm_config_(registry|cache)$/i.test(name));
  const own = Object.entries(settings).map(([name, value]) => [`npm_config_${name}`, value]);
  return Object.fromEntries([...others, ...own]);
}

async function publishBundles(url, hello, place, count) {
  const bundle = join(place, 'bundle');
  await cp(hello, bundle, { recursive: true });
  await writeFile(join(bundle, 'dist/more.js'), await realCode(CODE_BYTES));
  const packages = [];
  for (let index = 0; index < count; index++) {
    await sealAgain(bundle, { name: `bench-plugin-${index}` });
    packages.push(await publish(url, bundle, place));
  }
  return packages;
}

/** Code of the packages that are installed here, as much as that: it takes the time of real code to unpack. */
async function realCode(bytes) {
  const dir = join(repository, 'node_modules/typescript/lib');
  const code = await readFile(join(dir, 'typescript.js'), 'utf8');
  return code.slice(0, bytes);
}

/** Gives the most memory that the process had. */
async function install(scratch, env, packages) {
  const plugins = packages.map(({ name, version, integrity }) => ({ package: `${name}@${version}`, integrity }));
  await writeFile(join(scratch, 'dynamic-plugins.yaml'), JSON.stringify({ plugins }));
  const peak = join(scratch, 'peak');
  const bin = join(repository, 'cli/bin/stagedoor.js');
  await run(process.execPath, ['--require', join(import.meta.dirname, 'peakMemory.cjs'), bin, 'install', 'root'], {
    cwd: scratch,
    env: { ...env, BENCH_PEAK_FILE: peak },
  });
  await expectAll(join(scratch, 'root'), packages);
  return Number(await readFile(peak, 'utf8'));
}

async function packAll(scratch, env, packages) {
  const root = join(scratch, 'root');
  for (const { name, version } of packages) {
    const folder = join(root, name);
    await mkdir(folder, { recursive: true });
    await run('npm', ['pack', `${name}@${version}`, '--silent'], { cwd: scratch, env });
    await run('tar', ['-xzf', `${name}-${version}.tgz`, '-C', folder, '--strip-components=1'], { cwd: scratch });
  }
  await expectAll(root, packages);
}

async function expectAll(root, packages) {
  const there = (await readdir(root)).filter((name) => name.startsWith('bench-plugin-'));
  if (there.length !== packages.length) throw new Error(`${there.length} of ${packages.length} plugins are there.`);
}
