import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  Contents,
  DEFAULT_LIMITS,
  extractLayer,
  listPaths,
  removeLitter,
  type ContentLimits,
  type LayerReading,
} from '@stagedoor/bundle';
import { STATEMENT, type Unpacking } from '../bundles/statement';
import type { TransferContext } from '../http/send';
import { noPackageJson } from './errors';
import { compressionOf } from './layerCompression';
import type { Layers } from './layers';
import type { PluginImage } from './pluginImage';

/**
 * Extracts the plugin in the folder `path` of an image to the new folder `<scratch>/plugin` and returns that, after `admit`
 * has accepted its statement. Layers are processed in order, and each is checked completely before anything of it is written;
 * together they keep the limits of one archive, `limits`. Throws IMAGE_INVALID, IMAGE_PATH_INVALID, ARCHIVE_*, REGISTRY_*.
 */
export async function extractPlugin(
  { reader, manifest }: PluginImage,
  path: string,
  scratch: string,
  {
    layers,
    keep,
    admit,
    limits = DEFAULT_LIMITS,
    ...context
  }: TransferContext & Unpacking & { layers: Layers; limits?: ContentLimits },
): Promise<string> {
  const total = manifest.layers.reduce((sum, { size }) => sum + size, 0);
  const fetched: LayerReading[] = [];
  let before = 0;
  for (const layer of manifest.layers) {
    const compression = compressionOf(layer, reader.shown);
    const from = before;
    const onBytes = (done: number): void => context.onBytes?.(from + done, total);
    fetched.push({
      file: await layers.file(reader, layer, scratch, { ...context, onBytes }),
      compression,
      folder: path,
      limits,
      shown: `${reader.shown}@${layer.digest}`,
    });
    before += layer.size;
  }
  if (admit) {
    const statement = join(scratch, 'statement');
    await mkdir(statement);
    for (const layer of fetched) await extractLayer({ ...layer, only: STATEMENT }, statement);
    await admit(statement);
  }
  const dir = join(scratch, 'plugin');
  await mkdir(dir);
  const taken = { bytes: 0, entries: 0 };
  for (const layer of fetched) {
    Object.assign(taken, await extractLayer({ ...layer, taken: { ...taken } }, dir));
    await keep?.(layer.file);
  }
  await removeLitter(dir);
  if (fetched.length > 1) await checkNames(dir, reader.shown);
  if ((await stat(join(dir, 'package.json')).catch(() => undefined))?.isFile()) return dir;
  throw noPackageJson(reader.shown, path);
}

/** Each layer has distinct names; together they must have them too. Throws ARCHIVE_UNSAFE. */
async function checkNames(dir: string, shown: string): Promise<void> {
  const contents = new Contents(shown, DEFAULT_LIMITS);
  for (const { path } of await listPaths(dir)) contents.addFile(path, 0);
}
