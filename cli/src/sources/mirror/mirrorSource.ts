import { StagedoorError, copyPlainFile, redactAddress } from '@stagedoor/bundle';
import { MirrorBlobs } from '../../install/mirror/mirrorBlobs';
import { readMirrorIndex } from '../../install/mirror/mirrorIndex';
import { formOf } from '../../install/list/packageText';
import type { CatalogImages, RecordedPackage, Source } from '../../install/source';
import { catalogImages } from '../oci/catalogImages';
import type { ImageReader } from '../../oci/imageReader';
import { MANIFEST_LIMITS } from '../../http/limits';
import { parseManifest } from '../../oci/images';
import { fallbackOf } from '../../oci/fallback';
import { Layers } from '../../oci/layers';
import { formatReference, imageName, parseReference } from '../../oci/reference';
import { checkIntegrity } from '../integrity';
import { fetchFromImage } from '../oci/ociSource';
import { scratchFolder, unpack } from '../unpack';

/**
 * Packages of every kind, from the folder of a mirror and nowhere else. What a package came as is held against its digest
 * and against the integrity in the list. Reading the index throws MIRROR_INVALID; resolving, MIRROR_INCOMPLETE; fetching,
 * MIRROR_INVALID, INTEGRITY_MISMATCH, IMAGE_*, ARCHIVE_*.
 */
export async function mirrorSource(mirror: string): Promise<Source> {
  const { packages } = await readMirrorIndex(mirror);
  const blobs = new MirrorBlobs(mirror);
  const layers = new Layers();
  return {
    accepts: () => true,

    async resolve({ package: text, integrity, export: exported = false }) {
      const shown = redactAddress(text);
      const named = packages.filter((candidate) => candidate.package === shown);
      // Where secrets were all that told one address from another, the integrity does.
      const entry = named.find(({ resolved }) => resolved.integrity === integrity) ?? named[0];
      if (!entry) throw new StagedoorError('MIRROR_INCOMPLETE', `${mirror} does not hold it.`);
      const { resolved } = entry;
      if (!isMeant(text, exported, resolved)) {
        throw new StagedoorError(
          'MIRROR_INVALID',
          `${mirror} has ${resolved.identity} for it, which is something else.`,
        );
      }
      // The author of the index must not decide what the list asks for. A folder has no integrity to compare with.
      const asked = resolved.kind === 'local' ? resolved.integrity && integrity : integrity;
      return { ...resolved, ...(asked !== undefined && { integrity: asked }) };
    },
    async fetch(resolved, folder, context) {
      const { identity, integrity } = resolved;
      if (resolved.image) {
        return await fetchFromImage(resolved.image, mirrorReader(blobs, identity), folder, { ...context, layers });
      }
      const archive = packages.find(
        (one) => one.resolved.identity === identity && one.resolved.digest === resolved.digest,
      )?.archive;
      if (archive === undefined)
        throw new StagedoorError('MIRROR_INVALID', `The mirror has no archive of ${identity}.`);
      const file = await blobs.file(archive);
      // What was exported is known by the lock alone: the integrity is that of what it was made of.
      if (integrity !== undefined && !resolved.npm?.exported) await checkIntegrity(file, integrity, identity);
      return await unpack(file, await scratchFolder(folder), { ...context, shown: identity });
    },
  };
}

/** Catalog indexes from the folder of a mirror and nowhere else. Unpacking throws MIRROR_INCOMPLETE, MIRROR_INVALID. */
export async function mirrorCatalogs(mirror: string): Promise<CatalogImages> {
  const { catalogs = {} } = await readMirrorIndex(mirror);
  const blobs = new MirrorBlobs(mirror);
  const images = catalogImages({ readerOf: (reference) => mirrorReader(blobs, formatReference(reference)) });
  return {
    async unpack(image, folder, context) {
      const digest = Object.hasOwn(catalogs, image) ? catalogs[image] : undefined;
      if (digest === undefined) {
        throw new StagedoorError('MIRROR_INCOMPLETE', `${mirror} does not hold the catalog index ${image}.`);
      }
      const reference = parseReference(image);
      const same = reference.digest === undefined || reference.digest === digest;
      if (!same) throw new StagedoorError('MIRROR_INVALID', `${mirror} has ${digest} for ${image}.`);
      const { tag: _, ...place } = reference;
      return await images.unpack(formatReference({ ...place, digest }), folder, context);
    },
  };
}

/** Whether an entry of a list can have led there: by the kind of package, whether it may be exported, and the digest where there is one. */
function isMeant(text: string, exported: boolean, resolved: RecordedPackage): boolean {
  const { kind, identity, digest, image, npm } = resolved;
  if (formOf(text) !== kind) return false;
  if (kind === 'npm') return npm?.exported === exported;
  if (kind !== 'oci') return true;
  const asked = parseReference(text);
  if (!image || ![asked, fallbackOf(asked)].some((one) => one && imageName(one) === imageName(image))) return false;
  // What is fetched is what the lock is compared with.
  if (formatReference(image) !== identity || image.digest !== digest) return false;
  return (asked.digest ?? image.digest) === image.digest && (asked.path ?? image.path) === image.path;
}

function mirrorReader(blobs: MirrorBlobs, shown: string): ImageReader {
  return {
    shown,
    manifest: async (digest) => {
      const bytes = await blobs.bytes(digest, MANIFEST_LIMITS.bytes);
      return { digest, bytes, content: parseManifest(bytes, shown) };
    },
    blob: async ({ digest }, file) => await copyPlainFile(await blobs.file(digest), file),
  };
}
