import { cp, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { repository } from '../../scripts/lib/repository.mjs';

const { MANIFEST_FILE, digestOf, formatManifest, listFiles, readManifest } = createRequire(
  join(repository, 'cli/package.json'),
)('@stagedoor/bundle');

/** Copies an exported bundle to `to` under another name, plugin id and version: a bundle as good as the first. */
export async function variant(bundle, to, { name, pluginId, version }) {
  await cp(bundle, to, { recursive: true });
  const manifest = await readManifest(to);
  const file = join(to, 'package.json');
  const packageJson = JSON.parse(await readFile(file, 'utf8'));
  const source = { name, version: version ?? manifest.version };
  const id = packageJson.backstage.pluginId;
  await writeFile(
    file,
    JSON.stringify({
      ...packageJson,
      name: `${name}-dynamic`,
      version: source.version,
      backstage: { ...packageJson.backstage, pluginId },
    }),
  );
  const code = join(to, 'dist/index.cjs.js');
  await writeFile(code, (await readFile(code, 'utf8')).replaceAll(`pluginId: "${id}"`, `pluginId: "${pluginId}"`));
  const files = await listFiles(to);
  const sealed = {
    ...manifest,
    name: `${name}-dynamic`,
    version: source.version,
    source: { ...manifest.source, ...source },
  };
  await writeFile(join(to, MANIFEST_FILE), formatManifest({ ...sealed, files, digest: digestOf(files) }));
  return to;
}
