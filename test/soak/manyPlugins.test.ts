import {
  digestOf,
  dynamicName,
  formatManifest,
  listFiles,
  MANIFEST_FILE,
  readManifest,
  readPackageJson,
} from '@stagedoor/bundle';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { helloBundle } from '../support/hello';
import { patience } from '../support/patience';
import { startPortal } from '../support/portal';
import { pluginsOf } from '../support/portalPlugins';
import { tempDir } from '../support/tempDir';
import { heldBy, probeEnvironment } from './probe';
import { full, report } from './size';

const PLUGINS = full ? 200 : 15;
const MEGABYTE = 1024 * 1024;

/** Copies an exported bundle as one of another plugin: other package name, other plugin id. */
async function asPlugin(bundle: string, to: string, id: string): Promise<void> {
  await cp(bundle, to, { recursive: true });
  const main = join(to, 'dist/index.cjs.js');
  const code = await readFile(main, 'utf8');
  const renamed = code.replace(/pluginId: "hello"/, `pluginId: "${id}"`);
  if (renamed === code) throw new Error(`The plugin id is not in ${main}`);
  await writeFile(main, renamed);
  const name = dynamicName(id);
  const packageJson = await readPackageJson(to);
  await writeFile(
    join(to, 'package.json'),
    JSON.stringify({ ...packageJson, name, backstage: { ...packageJson.backstage, pluginId: id } }),
  );
  const manifest = (await readManifest(to))!;
  const files = await listFiles(to);
  await writeFile(join(to, MANIFEST_FILE), formatManifest({ ...manifest, name, files, digest: digestOf(files) }));
}

test(`${PLUGINS} plugins run in one portal, and all answer`, { timeout: patience.longTestMs }, async () => {
  const dir = await tempDir();
  const root = join(dir, 'dynamic-plugins-root');
  await mkdir(root);
  const hello = await helloBundle(dir, '1.0.0');
  const ids = Array.from({ length: PLUGINS }, (_, index) => `hello-${index}`);
  for (const id of ids) await asPlugin(hello, join(root, id), id);
  const file = join(dir, 'held.json');
  const begin = performance.now();
  const portal = await startPortal({ root, env: probeEnvironment(file) });
  onTestFinished(async () => void (await portal.stop()));
  const startMs = performance.now() - begin;
  const states = (await pluginsOf(portal)).map(({ state, code, message }) => [state, code, message].join(' ').trim());
  expect([...new Set(states)]).toEqual(['running']);
  expect(states.length).toBe(PLUGINS);
  const statuses = await Promise.all(ids.map(async (id) => (await portal.fetch(`/api/${id}/ping`)).status));
  expect(statuses).toEqual(ids.map(() => 200));
  const closed = await Promise.all(ids.map(async (id) => (await portal.fetch(`/api/${id}/things`)).status));
  expect(closed).toEqual(ids.map(() => 401));
  const { rss, heapUsed, listeners } = await heldBy(portal, file);
  report(`${PLUGINS} plugins in one portal`, {
    startMs: Math.round(startMs),
    rssMb: Math.round(rss / MEGABYTE),
    heapMb: Math.round(heapUsed / MEGABYTE),
    listeners,
  });
  expect(portal.logs()).not.toContain('MaxListenersExceededWarning');
  expect(heapUsed).toBeLessThan(200 * MEGABYTE + PLUGINS * 5 * MEGABYTE);
});
