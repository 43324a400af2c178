import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST_FILE, digestOf, formatManifest, listFiles, readManifest } from './bundlePackage.mjs';

/** Copies an exported bundle to `to` under another source name and plugin id: a bundle as good as the first. */
export async function variant(bundle, to, { name, pluginId }) {
  await cp(bundle, to, { recursive: true });
  const { backstage } = JSON.parse(await readFile(join(to, 'package.json'), 'utf8'));
  const code = join(to, 'dist/index.cjs.js');
  const text = await readFile(code, 'utf8');
  await writeFile(code, text.replaceAll(`pluginId: "${backstage.pluginId}"`, `pluginId: "${pluginId}"`));
  await sealAgain(to, { name, backstage: { ...backstage, pluginId } });
  return to;
}

/** Gives a bundle that was changed another source name and `more` in its package.json, and the manifest that fits. */
export async function sealAgain(bundle, { name, ...more }) {
  const named = { name: `${name}-dynamic` };
  const file = join(bundle, 'package.json');
  const packageJson = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...packageJson, ...more, ...named }));
  const manifest = await readManifest(bundle);
  const files = await listFiles(bundle);
  const source = { ...manifest.source, name };
  const sealed = { ...manifest, ...named, source, files, digest: digestOf(files) };
  await writeFile(join(bundle, MANIFEST_FILE), formatManifest(sealed));
}
