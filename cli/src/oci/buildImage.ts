import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { packLayer, readManifest, sha256File } from '@stagedoor/bundle';
import { DYNAMIC_PACKAGES, formatPlugins } from './dynamicPackages';
import { IMAGE_CONFIG, IMAGE_LAYER, IMAGE_MANIFEST, type Descriptor } from './schemas';
import { describe } from './upload';
import type { ImagePart } from './withBundles';

/** An image that is ready to be uploaded. */
export interface BuiltImage {
  layer: Descriptor & { file: string };
  config: Descriptor & { content: Buffer };
  manifest: Descriptor & { text: string };
}

/**
 * Makes an image of bundles below the empty folder `scratch`: one layer, as RHDH's installer reads no other, with a folder
 * for each and `index.json` beside them, and the same list as annotation. No time, owner or machine goes in: equal
 * bundles give an equal digest.
 */
export async function buildImage(parts: readonly ImagePart[], scratch: string): Promise<BuiltImage> {
  const list = formatPlugins(parts);
  const top = join(scratch, 'top');
  await mkdir(top);
  await writeFile(join(top, 'index.json'), list);
  const tar = join(scratch, 'layer.tar');
  await packLayer([...parts, { dir: top, folder: '' }], tar);
  const file = `${tar}.gz`;
  await pipeline(createReadStream(tar), createGzip({ level: 9 }), createWriteStream(file));
  const layer = {
    mediaType: IMAGE_LAYER,
    digest: `sha256:${await sha256File(file)}`,
    size: (await stat(file)).size,
  };
  const content = Buffer.from(
    JSON.stringify({
      ...(await platformOf(parts)),
      config: {},
      rootfs: { type: 'layers', diff_ids: [`sha256:${await sha256File(tar)}`] },
    }),
  );
  const config = describe(content, IMAGE_CONFIG);
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType: IMAGE_MANIFEST,
    config,
    layers: [layer],
    annotations: { [DYNAMIC_PACKAGES]: Buffer.from(list).toString('base64') },
  });
  return {
    layer: { ...layer, file },
    config: { ...config, content },
    manifest: { ...describe(text, IMAGE_MANIFEST), text },
  };
}

/** Registries want a platform; bundles without native code are for any, and take the most common one. */
async function platformOf(parts: readonly ImagePart[]): Promise<{ architecture: string; os: string }> {
  for (const { dir } of parts) {
    const native = (await readManifest(dir))?.native;
    if (native) return { architecture: native.arch === 'x64' ? 'amd64' : native.arch, os: native.platform };
  }
  return { architecture: 'amd64', os: 'linux' };
}
