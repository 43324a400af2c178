import { isBundlePath } from '@stagedoor/bundle';
import { isDigest } from '../digest/digests';
import { referenceInvalid } from './errors';

/** An image in a registry, and perhaps a plugin in it. */
export interface ImageReference {
  /** Host, with its port where one is given. */
  host: string;
  repository: string;
  tag?: string;
  /** As {@link isDigest} takes it, for example `sha256:<hex>`. */
  digest?: string;
  /** Folder of the plugin in the image. */
  path?: string;
}

const SCHEME = 'oci://';
const HOST = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/;
/** As the distribution specification has them. */
const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;

/** True for what is meant as an address of an image. */
export function isImageReference(text: string): boolean {
  return text.startsWith(SCHEME);
}

/**
 * Reads `oci://host[:port]/repository[:tag][@sha256:…][!path]`; without tag and digest, the tag is `latest`. Throws
 * OCI_REFERENCE_INVALID.
 */
export function parseReference(text: string): ImageReference {
  const [image = '', path, ...more] = text.slice(SCHEME.length).split('!');
  const [named = '', digest, ...digests] = image.split('@');
  const slash = named.indexOf('/');
  const host = named.slice(0, Math.max(slash, 0));
  const [repository = '', tag, ...tags] = named.slice(slash + 1).split(':');
  const faults = [
    [isImageReference(text), 'it does not begin with oci://'],
    [HOST.test(host), 'there is no registry before the first /'],
    [REPOSITORY.test(repository), 'the repository does not consist of lower-case names'],
    [tags.length === 0 && (tag === undefined || TAG.test(tag)), 'the tag is invalid'],
    [
      digests.length === 0 && (digest === undefined || isDigest(digest)),
      'the digest is neither sha256:<hex> nor of another algorithm that Node supports',
    ],
    [more.length === 0 && (path === undefined || isBundlePath(path)), 'the path is not a plain relative path'],
  ].flatMap(([fine, fault]) => (fine ? [] : [fault]));
  if (faults.length > 0) {
    throw referenceInvalid(text, faults);
  }
  return {
    host,
    repository,
    ...(digest ? { digest } : { tag: tag ?? 'latest' }),
    ...(path !== undefined && { path }),
  };
}

/** `oci://host/repository`, without tag, digest and path. */
export function imageName({ host, repository }: ImageReference): string {
  return `${SCHEME}${host}/${repository}`;
}

/** The reference as {@link parseReference} reads it; a digest goes without the tag that led to it. */
export function formatReference({ tag, digest, path, ...image }: ImageReference): string {
  return `${imageName(image)}${digest ? `@${digest}` : `:${tag}`}${path === undefined ? '' : `!${path}`}`;
}
