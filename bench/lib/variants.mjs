import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST_FILE, digestOf, formatManifest, listFiles, readManifest } from './bundlePackage.mjs';

/** Copies an exported bundle to `to` under another source name and plugin id: a bundle as good as the first. */
export async function variant(bundle, to, { name, pluginId }) {
  await cp(bundle, to, { recursive: true });
  const named = { name: `${name}-dynamic` };
  const file = join(to, 'package.json');
  const packageJson = JSON.parse(await readFile(file, 'utf8'));
  const { backstage } = packageJson;
  await writeFile(file, JSON.stringify({ ...packageJson, ...named, backstage: { ...backstage, pluginId } }));
  const code = join(to, 'dist/index.cjs.js');
  const text = await readFile(code, 'utf8');
  await writeFile(code, text.replaceAll(`pluginId: "${backstage.pluginId}"`, `pluginId: "${pluginId}"`));
  const manifest = await readManifest(to);
  const files = await listFiles(to);
  const source = { ...manifest.source, name };
  const sealed = { ...manifest, ...named, source, files, digest: digestOf(files) };
  await writeFile(join(to, MANIFEST_FILE), formatManifest(sealed));
  return to;
}
