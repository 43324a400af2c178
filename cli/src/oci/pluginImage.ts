import { StagedoorError } from '@stagedoor/bundle';
import { dynamicPackages, type DynamicPackage } from './dynamicPackages';
import type { ImageReader } from './imageReader';
import { formatReference, type ImageReference } from './reference';
import { isIndex, type ImageIndex, type ImageManifest } from './schemas';

/** An image of plugins as it is at this moment. */
export interface PluginImage {
  reader: ImageReader;
  /** Of what the reference names, which may be an index of images; does not change with the platform. */
  digest: string;
  manifest: ImageManifest;
  /** The manifest as it came, after the index that led to it where there is one. */
  documents: Buffer[];
  /** The plugins that it lists; undefined where it does not say. */
  plugins?: DynamicPackage[];
}

/** Finds the image that a reference names. Throws IMAGE_NOT_FOUND, IMAGE_INVALID, and what the reader throws. */
export async function openImage(reference: ImageReference, reader: ImageReader): Promise<PluginImage> {
  const top = await reader.manifest(reference.digest ?? reference.tag!);
  const inner = isIndex(top.content) ? await reader.manifest(digestOfImage(reader, top.content)) : undefined;
  const { content: manifest } = inner ?? top;
  if (isIndex(manifest)) throw new StagedoorError('IMAGE_INVALID', `${reader.shown} is an index of indexes.`);
  const annotations = { ...top.content.annotations, ...manifest.annotations };
  return {
    reader,
    digest: top.digest,
    manifest,
    documents: [top, inner].flatMap((document) => (document ? [document.bytes] : [])),
    plugins: dynamicPackages(annotations, formatReference(reference)),
  };
}

/** Of an index, the image for this platform, or else the only one: plugins are mostly for any. */
function digestOfImage({ shown }: ImageReader, { manifests }: ImageIndex): string {
  const images = manifests.filter(({ platform }) => platform?.os !== 'unknown');
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const fitting = images.find(({ platform }) => platform?.os === 'linux' && platform.architecture === architecture);
  const chosen = fitting ?? (images.length === 1 ? images[0] : undefined);
  if (chosen) return chosen.digest;
  throw new StagedoorError('IMAGE_INVALID', `${shown} is for other platforms than linux/${architecture}.`);
}

/** The plugin that a reference means: the one at its path, or the only one. Throws IMAGE_PATH_INVALID. */
export function pluginOf({ plugins }: PluginImage, reference: ImageReference): DynamicPackage {
  const { path } = reference;
  if (path !== undefined) return plugins?.find(({ folder }) => folder === path) ?? { folder: path };
  const [only, ...others] = plugins ?? [];
  if (only && others.length === 0) return only;
  const shown = formatReference(reference);
  if (!only) throw new StagedoorError('IMAGE_PATH_INVALID', `${shown} does not say which plugins it holds.`);
  const folders = plugins!.map(({ folder }) => folder);
  throw new StagedoorError('IMAGE_PATH_INVALID', `${shown} holds ${folders.length} plugins: ${folders.join(', ')}.`, {
    hint: `Add the path of one to the reference, e.g. ${shown}!${only.folder}`,
    details: { folders },
  });
}
