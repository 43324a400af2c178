import type { StagedoorError } from '@stagedoor/bundle';
import { MANIFEST_FILE, SBOM_FILE, SIGNATURE_FILE, isStagedoorError, readBounded } from '@stagedoor/bundle';
import { join } from 'node:path';
import type { HttpContext, TransferContext } from '../http/send';
import { temporaryFolder } from '../temporary/temporaryFolder';
import { asUnwritable, isDiskFault } from '../temporary/unwritable';
import { buildImage, type BuiltImage } from './buildImage';
import { notAPushTarget } from './errors';
import { formatReference, parseReference } from './reference';
import { attach } from './referrers';
import { Session } from './session';
import { putManifest, uploadBlob } from './upload';
import { withBundles, type ImagePart } from './withBundles';

/** Options of a push. */
export interface PushOptions extends TransferContext {
  /** Folder that relative paths are resolved from. */
  cwd: string;
  /** Bundle folders, archives or addresses of such. */
  bundles: readonly string[];
  /** `oci://host/repository[:tag]`. */
  image: string;
  /** Further tags. */
  tags?: readonly string[];
}

/** An image that a registry has now. */
export interface PushedImage {
  /** `oci://host/repository@sha256:…`. */
  reference: string;
  digest: string;
  tags: string[];
  /** Bytes of the layer. */
  size: number;
  /** False if the registry had the layer already. */
  uploaded: boolean;
  plugins: Array<{ path: string; name: string; version: string }>;
  /** What refers to the image: signatures and bills of materials. */
  attached: Array<{ artifactType: string; title: string; digest: string }>;
  warnings: string[];
}

/** What of a bundle is attached to its image, too, where it has it: for those who look without a pull. */
const ATTACHED = [
  { name: SIGNATURE_FILE, artifactType: 'application/vnd.stagedoor.bundle.signature.v1+json' },
  // What the signature is over.
  { name: MANIFEST_FILE, artifactType: 'application/vnd.stagedoor.bundle.manifest.v1+json', beside: SIGNATURE_FILE },
  { name: SBOM_FILE, artifactType: 'application/vnd.cyclonedx+json' },
];
const MAX_ATTACHED = 64 * 1024 * 1024;

/**
 * Pushes bundles to a registry as one image. The tags are set last, when everything else is there. Throws
 * OCI_REFERENCE_INVALID, USAGE, REGISTRY_*, CREDENTIALS_UNREADABLE, and the codes of reading the bundles.
 */
export async function pushImage({
  cwd,
  bundles,
  image,
  tags = [],
  onBytes,
  ...context
}: PushOptions): Promise<PushedImage> {
  const reference = parseReference(image);
  if (reference.tag === undefined || reference.path !== undefined) {
    throw notAPushTarget(image);
  }
  const allTags = [...new Set([reference.tag, ...tags])];
  for (const tag of allTags) parseReference(formatReference({ ...reference, tag }));
  const warnings: string[] = [];
  const session = new Session(reference, { ...context, onWarning: (text) => warnings.push(text) });
  return await withBundles(bundles, { cwd, signal: context.signal }, async (parts) => {
    const { dir, dispose } = await temporaryFolder('push');
    try {
      const built = await buildImage(parts, dir);
      const { digest } = built.manifest;
      const uploaded = await uploadImage(session, built, { ...context, onBytes });
      const attached = await attachAll(session, built, parts, { ...context, warnings });
      for (const tag of allTags) await putManifest(session, tag, built.manifest);
      return {
        reference: formatReference({ ...reference, digest }),
        digest,
        tags: allTags,
        size: built.layer.size,
        uploaded,
        plugins: parts.map(({ folder: path, packageJson: { name, version } }) => ({ path, name, version })),
        attached,
        warnings,
      };
    } catch (error) {
      throw isDiskFault(error) ? asUnwritable(error, dir) : error;
    } finally {
      await dispose();
    }
  });
}

async function uploadImage(session: Session, built: BuiltImage, context: TransferContext): Promise<boolean> {
  const uploaded = await uploadBlob(session, built.layer, { file: built.layer.file }, context);
  await uploadBlob(session, built.config, built.config.content, { signal: context.signal });
  await putManifest(session, built.manifest.digest, built.manifest);
  return uploaded;
}

async function attachAll(
  session: Session,
  { manifest: { mediaType, digest: subject, size } }: BuiltImage,
  parts: readonly ImagePart[],
  context: HttpContext & { warnings: string[] },
): Promise<PushedImage['attached']> {
  const attached: PushedImage['attached'] = [];
  for (const { dir, folder } of parts) {
    for (const { name, artifactType, beside = name } of ATTACHED) {
      if (!Buffer.isBuffer(await readBounded(join(dir, beside), MAX_ATTACHED))) continue;
      const content = await readBounded(join(dir, name), MAX_ATTACHED);
      if (!Buffer.isBuffer(content)) continue;
      const title = `${folder}/${name}`;
      const attachment = { artifactType, title, content };
      try {
        const digest = await attach(session, { mediaType, digest: subject, size }, attachment, context);
        attached.push({ artifactType, title, digest });
      } catch (error) {
        if (!refusesArtifacts(error)) throw error;
        context.warnings.push(
          `${title} and what follows it are not attached to the image, because the registry does not accept artifacts. ` +
            `The image itself contains them. (${error.message})`,
        );
        return attached;
      }
    }
  }
  return attached;
}

/** Whether a registry has only images: older ones answer an artifact's manifest as something that they cannot read. */
function refusesArtifacts(error: unknown): error is StagedoorError {
  return (
    isStagedoorError(error) &&
    error.code === 'REGISTRY_FAILED' &&
    [400, 404, 405, 415, 422, 501].includes(error.details?.status as number)
  );
}
