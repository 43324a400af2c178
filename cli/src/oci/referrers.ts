import { isStagedoorError } from '@stagedoor/bundle';
import type { HttpContext } from '../http/send';
import { fetchManifest } from './images';
import { EMPTY_CONFIG, IMAGE_INDEX, IMAGE_MANIFEST, isIndex, type Descriptor } from './schemas';
import type { Session } from './session';
import { describe, putManifest, uploadBlob } from './upload';

/** What is attached to an image. */
export interface Attachment {
  artifactType: string;
  /** Name of the file it is. */
  title: string;
  content: Uint8Array;
}

const EMPTY = Buffer.from('{}');

/**
 * Attaches something to the image `subject`: an artifact manifest that names the image, as the distribution specification
 * 1.1 has it. Where the registry keeps no list of referrers, the list under the tag `sha256-<hex>` is carried on. Returns
 * the digest of the manifest.
 */
export async function attach(
  session: Session,
  subject: Descriptor,
  { artifactType, title, content }: Attachment,
  context: HttpContext,
): Promise<string> {
  const config = describe(EMPTY, EMPTY_CONFIG);
  const layer = { ...describe(content, artifactType), annotations: { 'org.opencontainers.image.title': title } };
  await uploadBlob(session, config, EMPTY, context);
  await uploadBlob(session, layer, content, context);
  const manifest = { schemaVersion: 2, mediaType: IMAGE_MANIFEST, artifactType, config, layers: [layer], subject };
  const text = JSON.stringify(manifest);
  const descriptor = { ...describe(text, IMAGE_MANIFEST), artifactType };
  const listed = await putManifest(session, descriptor.digest, { text, mediaType: IMAGE_MANIFEST });
  if (!listed) await list(session, subject.digest, descriptor);
  return descriptor.digest;
}

async function list(session: Session, subject: string, descriptor: Descriptor): Promise<void> {
  const tag = subject.replace(':', '-');
  const others = (await currentList(session, tag)).filter(({ digest }) => digest !== descriptor.digest);
  const manifests = [...others, descriptor].sort((a, b) => (a.digest < b.digest ? -1 : 1));
  const text = JSON.stringify({ schemaVersion: 2, mediaType: IMAGE_INDEX, manifests });
  await putManifest(session, tag, { text, mediaType: IMAGE_INDEX });
}

async function currentList(session: Session, tag: string): Promise<Descriptor[]> {
  try {
    const { content } = await fetchManifest(session, tag);
    return isIndex(content) ? content.manifests : [];
  } catch (error) {
    if (isStagedoorError(error) && error.code === 'IMAGE_NOT_FOUND') return [];
    throw error;
  }
}
