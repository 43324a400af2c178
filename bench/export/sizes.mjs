import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readJson, repository } from '../../scripts/lib/repository.mjs';
import { packName } from '../lib/bundlePackage.mjs';
import { exportBundle } from '../lib/exportBundle.mjs';
import { installWithoutShared } from '../lib/install.mjs';
import { formatBytes, formatShare, median } from '../lib/numbers.mjs';
import { treeSize } from '../lib/treeSize.mjs';

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

/** Bytes and files of bundles, against what npm installs for their plugins. */
export async function compareSizes({ dir, report }) {
  const { devDependencies } = readJson('test/package.json');
  const rows = [];
  for (const name of PLUGINS) {
    const place = join(dir, packName(name));
    await mkdir(join(place, 'installed'), { recursive: true });
    await installWithoutShared(join(place, 'installed'), { [name]: devDependencies[name] });
    const installed = await treeSize(join(place, 'installed/node_modules'));
    await exportBundle(join(repository, 'test'), join(place, 'out'), '--no-start-check', name);
    rows.push({ name, installed, bundle: await treeSize(join(place, 'out')) });
  }
  const share = (of) => median(rows.map(({ bundle, installed }) => bundle[of] / installed[of]));
  report.table(
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
  report.budget('bytes of real plugins', share('bytes') <= 0.15);
  report.budget('files of real plugins', share('files') <= 0.05);
}
