import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dynamicPackages, type DynamicPackage } from './dynamicPackages';
import { severalPlugins, pluginsUnnamed, platformUnavailable, nestedTooDeep } from './errors';
import type { ImageReader } from './imageReader';
import { formatReference, type ImageReference } from './reference';
import { isIndex, type ImageIndex, type ImageManifest } from './schemas';

/** The current content of an image of plugins. */
export interface PluginImage {
  reader: ImageReader;
  /** Of what the reference names, which may be an index of images; does not change with the platform. */
  digest: string;
  manifest: ImageManifest;
  /** The manifest as it came, after the indexes that led to it. */
  documents: Buffer[];
  /** The plugins that it lists; undefined if it does not say. */
  plugins?: DynamicPackage[];
}

/** Indexes may hold indexes: one per release, say, of one per platform. */
const MOST_INDEXES = 4;

/** Finds the image that a reference names. Throws IMAGE_NOT_FOUND, IMAGE_INVALID, and what the reader throws. */
export async function openImage(reference: ImageReference, reader: ImageReader): Promise<PluginImage> {
  const documents = [await reader.manifest(reference.digest ?? reference.tag!)];
  for (;;) {
    const { content } = documents.at(-1)!;
    if (!isIndex(content)) {
      const annotations = Object.assign({}, ...documents.map((document) => document.content.annotations)) as Record<
        string,
        string
      >;
      return {
        reader,
        digest: documents[0]!.digest,
        manifest: content,
        documents: documents.map(({ bytes }) => bytes),
        plugins: pluginsOf(annotations, reference),
      };
    }
    if (documents.length > MOST_INDEXES) {
      throw nestedTooDeep(reader.shown, MOST_INDEXES);
    }
    documents.push(await reader.manifest(digestOfImage(reader, content)));
  }
}

/** A path selects the plugin regardless of the image's list: then an invalid list is ignored. */
function pluginsOf(annotations: Record<string, string>, reference: ImageReference): DynamicPackage[] | undefined {
  try {
    return dynamicPackages(annotations, formatReference(reference));
  } catch (error) {
    if (reference.path === undefined) throw error;
    return undefined;
  }
}

/** Of an index, the image for this platform, or else the only one: plugins are mostly for any. */
function digestOfImage({ shown }: ImageReader, { manifests }: ImageIndex): string {
  const images = manifests.filter(({ platform }) => platform?.os !== 'unknown');
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const fitting = images.find(({ platform }) => platform?.os === 'linux' && platform.architecture === architecture);
  const chosen = fitting ?? (images.length === 1 ? images[0] : undefined);
  if (chosen) return chosen.digest;
  throw platformUnavailable(shown, `linux/${architecture}`);
}

/** Gives `keep` the manifest of an image, after the indexes that led to it, as new files in `folder`. */
export async function keepDocuments(
  { documents }: PluginImage,
  folder: string,
  keep: (file: string) => Promise<void>,
): Promise<void> {
  for (const [index, bytes] of documents.entries()) {
    const file = join(folder, `${index}.manifest`);
    await writeFile(file, bytes);
    await keep(file);
  }
}

/** The plugin that a reference means: the one at its path, or the only one. Throws IMAGE_PATH_INVALID. */
export function pluginOf({ plugins }: PluginImage, reference: ImageReference): DynamicPackage {
  const { path } = reference;
  if (path !== undefined) return plugins?.find(({ folder }) => folder === path) ?? { folder: path };
  const [only, ...others] = plugins ?? [];
  if (only && others.length === 0) return only;
  const shown = formatReference(reference);
  if (!only) throw pluginsUnnamed(shown);
  const folders = plugins!.map(({ folder }) => folder);
  throw severalPlugins(shown, folders);
}
