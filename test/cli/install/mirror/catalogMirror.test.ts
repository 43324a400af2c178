import { catalogImages, createSources, install, mirror, withSources } from '@stagedoor/cli/api';
import { access, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { rhdhSettingsOf } from '../../../../cli/src/install/rhdhSettings';
import { startContainerRegistry } from '../../../support/containerRegistry';
import { packagesAnnotation, putImage } from '../../../support/foreignImage';
import { archiveBytes } from '../../../support/hostileArchive';
import { tempDir } from '../../../support/tempDir';
import { versionsIn } from '../installSupport';

const MEDIA_TYPE = 'application/vnd.oci.image.layer.v1.tar+gzip';

test('A mirror holds the catalog indexes of its list, and an install from it asks no registry for them', async () => {
  const registry = await startContainerRegistry();
  let running = true;
  const stop = async (): Promise<void> => {
    if (running) await registry.stop();
    running = false;
  };
  onTestFinished(stop);
  const { host } = registry;
  const put = async (name: string, files: Record<string, string>, annotations = {}): Promise<void> => {
    const entries = Object.entries(files).map(([path, content]) => ({ path, content }));
    const layer = { mediaType: MEDIA_TYPE, content: gzipSync(archiveBytes(entries)) };
    await putImage(`${host}/team/${name}`, '1', [layer], annotations);
  };
  const manifest = { name: 'one-dynamic', version: '1.0.0', main: 'index.js', backstage: { role: 'backend-plugin' } };
  const plugin = { 'one/package.json': JSON.stringify(manifest), 'one/index.js': '' };
  await put('one', plugin, packagesAnnotation('one'));
  await put('index', {
    'dynamic-plugins.default.yaml': `plugins: [{ package: "oci://${host}/team/one:1!one" }]`,
    'catalog-entities/extensions/all.yaml': 'kind: Plugin',
  });
  await put('extra', { 'catalog-entities/marketplace/x.yaml': 'kind: Plugin' });

  const dir = await tempDir();
  const entities = join(dir, 'entities');
  const rhdh = rhdhSettingsOf({
    CATALOG_INDEX_IMAGE: `${host}/team/index:1`,
    EXTRA_CATALOG_INDEX_IMAGES: `more=${host}/team/extra:1`,
    CATALOG_ENTITIES_EXTRACT_DIR: entities,
  });
  const config = 'dynamic-plugins.yaml';
  await writeFile(join(dir, config), 'includes: [dynamic-plugins.default.yaml]\n');
  const out = join(dir, 'mirror.tgz');
  const common = { cwd: dir, config, rhdh };
  expect(await mirror({ ...common, out, sources: createSources(), catalogs: catalogImages() })).toMatchObject({
    plugins: [{ name: 'one-dynamic' }],
    warnings: [],
  });
  await expect(access(entities)).rejects.toMatchObject({ code: 'ENOENT' });
  await stop();

  const root = join(dir, 'root');
  const offline = async (settings = rhdh): ReturnType<typeof install> =>
    await withSources(out, async (sources, catalogs) => {
      return await install({ ...common, root, sources, rhdh: settings, frozen: true, catalogs });
    });
  expect(await offline()).toMatchObject({ warnings: [] });
  expect(await versionsIn(root)).toEqual({ 'one-dynamic': '1.0.0' });
  await access(join(entities, 'catalog-entities/all.yaml'));
  await access(join(entities, 'extra/more/catalog-entities/x.yaml'));
  const other = rhdhSettingsOf({ CATALOG_INDEX_IMAGE: `${host}/team/index:2`, CATALOG_ENTITIES_EXTRACT_DIR: entities });
  await expect(offline(other)).rejects.toMatchObject({ code: 'MIRROR_INCOMPLETE' });
  await rm(join(dir, config));
  await expect(mirror({ ...common, rhdh: rhdhSettingsOf({}), out, sources: createSources() })).rejects.toMatchObject({
    code: 'PLUGIN_LIST_INVALID',
  });
  await expect(offline(rhdhSettingsOf({}))).rejects.toMatchObject({ code: 'PLUGIN_LIST_INVALID' });
});
