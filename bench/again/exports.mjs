import { execFile } from 'node:child_process';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from '../../scripts/lib/repository.mjs';
import { interleaved } from '../lib/interleaved.mjs';
import { formatMs, formatRatio, median } from '../lib/numbers.mjs';
import { timed } from '../lib/timed.mjs';

const bin = join(repository, 'cli/bin/stagedoor.js');
const BUDGET = 2;
const PLUGINS = 20;

/** A further export of a workspace in which nothing has changed, against its first one; whole processes. */
export async function compareSecondExports({ dir, runs, report }) {
  const root = join(dir, 'second-exports');
  const plugins = await makeWorkspace(root, PLUGINS);
  const forget = async () => {
    const made = [join(root, 'node_modules/.cache'), ...plugins.map((plugin) => join(plugin, 'dist-dynamic'))];
    await Promise.all(made.map((path) => rm(path, { recursive: true, force: true })));
  };
  const subjects = {
    first: { before: forget, says: `${plugins.length} exported` },
    second: { before: async () => {}, says: `${plugins.length} unchanged` },
  };
  const times = await interleaved(runs.secondExports, subjects, async ({ before, says }) => {
    await before();
    return await timed(async () => {
      const { stderr } = await promisify(execFile)(process.execPath, [bin, 'export', '--no-start-check'], {
        cwd: root,
      });
      if (!stderr.includes(says)) throw new Error(`'${says}' was expected.\n${stderr}`);
    });
  });
  const [ours, theirs] = [median(times.second), median(times.first)];
  report.table(
    `Exporting a workspace of ${plugins.length} plugins`,
    ['', 'nothing changed', 'the first time', 'ratio', 'budget'],
    [['median', formatMs(ours), formatMs(theirs), formatRatio(theirs / ours), `≥ ${BUDGET}×`]],
  );
  report.budget('a further export of a workspace', theirs / ours >= BUDGET);
}

/** A workspace of small plugins that import what hosts share; returns their folders. */
async function makeWorkspace(root, count) {
  await mkdir(join(root, 'node_modules'), { recursive: true });
  await symlink(join(repository, 'node_modules/@backstage'), join(root, 'node_modules/@backstage'), 'dir');
  await writeFile(join(root, 'package.json'), JSON.stringify({ private: true, workspaces: ['plugins/*'] }));
  await writeFile(join(root, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages: {} }));
  const ids = Array.from({ length: count }, (_, number) => `plugin-${number}`);
  return await Promise.all(
    ids.map(async (id) => {
      const plugin = join(root, 'plugins', id);
      await mkdir(join(plugin, 'src'), { recursive: true });
      await writeFile(join(plugin, 'package.json'), JSON.stringify(packageJson(id)));
      await writeFile(join(plugin, 'src/index.ts'), source(id));
      return plugin;
    }),
  );
}

function packageJson(id) {
  return {
    name: `@bench/${id}-backend`,
    version: '1.0.0',
    main: 'src/index.ts',
    backstage: { role: 'backend-plugin' },
    dependencies: { '@backstage/backend-plugin-api': '^1.0.0' },
  };
}

function source(id) {
  return `import { coreServices, createBackendPlugin } from '@backstage/backend-plugin-api';
export default createBackendPlugin({
  pluginId: '${id}',
  register(env) {
    env.registerInit({
      deps: { logger: coreServices.logger },
      async init({ logger }) {
        logger.info('${id} has started');
      },
    });
  },
});
`;
}
