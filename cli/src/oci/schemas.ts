import type { Compression } from '@stagedoor/bundle';
import * as z from 'zod';
import { isDigest } from '../digest/digests';

/** Media types of the image specification 1.1, and docker's names for the same. */
export const IMAGE_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const IMAGE_INDEX = 'application/vnd.oci.image.index.v1+json';
export const IMAGE_CONFIG = 'application/vnd.oci.image.config.v1+json';
export const IMAGE_LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';
export const EMPTY_CONFIG = 'application/vnd.oci.empty.v1+json';
const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const DOCKER_INDEX = 'application/vnd.docker.distribution.manifest.list.v2+json';

/** What is asked for where any manifest is meant. */
export const MANIFEST_TYPES = [IMAGE_MANIFEST, IMAGE_INDEX, DOCKER_MANIFEST, DOCKER_INDEX].join(', ');

/** Media types of layers that can be read, and how they are compressed. */
export const LAYER_TYPES: ReadonlyMap<string, Compression> = new Map([
  [IMAGE_LAYER, 'gzip'],
  ['application/vnd.docker.image.rootfs.diff.tar.gzip', 'gzip'],
  ['application/vnd.oci.image.layer.v1.tar+zstd', 'zstd'],
  ['application/vnd.docker.image.rootfs.diff.tar.zstd', 'zstd'],
  ['application/vnd.oci.image.layer.v1.tar', 'none'],
  ['application/vnd.docker.image.rootfs.diff.tar', 'none'],
]);

const annotations = z.record(z.string(), z.string()).optional();

const descriptor = z.looseObject({
  mediaType: z.string(),
  digest: z.string().refine(isDigest, 'must be a digest, e.g. sha256 in hex'),
  size: z.number().int().nonnegative(),
  artifactType: z.string().optional(),
  annotations,
  platform: z.looseObject({ os: z.string(), architecture: z.string() }).optional(),
});

/** Of an image manifest, what is read of it. */
export const manifestSchema = z.looseObject({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  artifactType: z.string().optional(),
  config: descriptor,
  layers: z.array(descriptor).max(128),
  annotations,
});

/** Of an image index, what is read of it. */
export const indexSchema = z.looseObject({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  manifests: z.array(descriptor).max(1024),
  annotations,
});

/** What refers to content: its type, digest and size. */
export type Descriptor = z.infer<typeof descriptor>;

/** A manifest of one image or artifact. */
export type ImageManifest = z.infer<typeof manifestSchema>;

/** A list of manifests, for example one per platform. */
export type ImageIndex = z.infer<typeof indexSchema>;

/** Tells an index from an image. */
export function isIndex(content: ImageManifest | ImageIndex): content is ImageIndex {
  return 'manifests' in content;
}
