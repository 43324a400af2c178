import { StagedoorError } from '@stagedoor/bundle';
import type { HttpContext } from '../http/send';
import { listedPlugins, type ListedPlugin } from './dynamicPackages';
import { fetchManifest } from './images';
import { formatReference, type ImageReference } from './reference';
import type { ImageIndex, ImageManifest } from './schemas';
import { Session } from './session';

/** An image of plugins as a registry has it at this moment. */
export interface PluginImage {
  session: Session;
  /** Of what the reference names, which may be an index of images; does not change with the platform. */
  digest: string;
  manifest: ImageManifest;
  /** The plugins that it lists; undefined where it does not say. */
  plugins?: ListedPlugin[];
}

/** Finds the image that a reference names. Throws IMAGE_NOT_FOUND, IMAGE_INVALID, REGISTRY_*, CREDENTIALS_UNREADABLE. */
export async function openImage(reference: ImageReference, context: HttpContext): Promise<PluginImage> {
  const session = new Session(reference, context);
  const top = await fetchManifest(session, reference.digest ?? reference.tag!);
  const manifest = await imageOf(session, top.content);
  const annotations = { ...top.content.annotations, ...manifest.annotations };
  return { session, digest: top.digest, manifest, plugins: listedPlugins(annotations, formatReference(reference)) };
}

/** Of an index, the image for this platform, or else the only one: plugins are mostly for any. */
async function imageOf(session: Session, content: ImageManifest | ImageIndex): Promise<ImageManifest> {
  if (!('manifests' in content)) return content as ImageManifest;
  const images = (content as ImageIndex).manifests.filter(({ platform }) => platform?.os !== 'unknown');
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const fitting = images.find(({ platform }) => platform?.os === 'linux' && platform.architecture === architecture);
  const chosen = fitting ?? (images.length === 1 ? images[0] : undefined);
  if (!chosen) {
    throw new StagedoorError('IMAGE_INVALID', `${session.shown} is for other platforms than linux/${architecture}.`);
  }
  const { content: image } = await fetchManifest(session, chosen.digest);
  if (!('manifests' in image)) return image as ImageManifest;
  throw new StagedoorError('IMAGE_INVALID', `${session.shown} is an index of indexes.`);
}

/** The plugin that a reference means: the one at its path, or the only one. Throws IMAGE_PATH_INVALID. */
export function pluginOf({ plugins }: PluginImage, reference: ImageReference): ListedPlugin {
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
