import type { ContentLimits } from '@stagedoor/bundle';
import type { Unpacking } from '../bundles/statement';

/** A package to install, as dynamic-plugins.yaml names it, with `{{inherit}}` and `ref://` resolved. */
export interface PackageRequest {
  /** An npm spec, `./local/folder`, `https://….tgz` or `oci://…`. */
  package: string;
  /** Subresource integrity that the archive must have; sha256, sha384 or sha512. */
  integrity?: string;
  /** Whether what is already there is asked for again (`Always`), or taken as it is. */
  pullPolicy: 'Always' | 'IfNotPresent';
  /** Export it if it is an ordinary plugin; npm packages only. */
  export?: boolean;
}

/** A version of an npm package. */
export interface NpmPackage {
  name: string;
  version: string;
  /** It may be exported if it is an ordinary plugin. */
  exported: boolean;
}

/** A plugin in an image. */
export interface ImagePlugin {
  host: string;
  repository: string;
  /** For example `sha256:<hex>`. */
  digest: string;
  /** Its folder, as the image may name it. */
  path: string;
}

/** The current resolution of a request. It outlives the run in records, locks and mirrors: plain data without secrets. */
export interface RecordedPackage {
  kind: 'npm' | 'archive' | 'local' | 'oci';
  /** Identifies an entry regardless of its version: an npm name, an OCI image with the plugin's path. */
  key: string;
  /**
   * What a lock records: `oci://host/repo@sha256:…!path`, `npm name@1.2.3 https://…`. For people and comparisons: what a
   * registry or server says stands in it, so nothing is decided by reading it.
   */
  identity: string;
  /** Of an npm package, what the identity says. */
  npm?: NpmPackage;
  /** Of a plugin in an image, what the identity says. */
  image?: ImagePlugin;
  version?: string;
  /** Changes exactly when the content does, for example `sha256:…` of a layer or `sha512-…` of an archive. */
  digest: string;
  /** Subresource integrity of the archive, where there is one. */
  integrity?: string;
}

/** A package that can be fetched. */
export interface Resolved extends RecordedPackage {
  /** Where its archive is, with the secrets that this address may hold: neither stored nor shown. */
  address?: string;
}

/** What of a package is stored. */
export function recorded({ address: _, ...rest }: Resolved): RecordedPackage {
  return rest;
}

/** Context of every source. */
export interface SourceContext extends Unpacking {
  /** Folder that relative paths are resolved from: that of dynamic-plugins.yaml. */
  cwd: string;
  signal?: AbortSignal;
  /** Bytes of the current package that have come so far, and of how many where that is known. */
  onBytes?(done: number, total?: number): void;
  /** Archives at web addresses may have no integrity. */
  skipIntegrity?: boolean;
  /** Bounds on what a package may hold; by default those of every bundle. */
  limits?: ContentLimits;
  /** Allow plain http and unverified TLS certificates, also for other hosts. */
  insecure?: boolean;
  /** File of further certificate authorities, PEM. */
  ca?: string;
  /** Receives warnings; one sentence each. */
  onWarning?(text: string): void;
}

/** A place that packages come from. */
export interface Source {
  /** True if this source knows what `package` means. */
  accepts(packageName: string): boolean;
  /** Resolves the request, without fetching. */
  resolve(request: PackageRequest, context: SourceContext): Promise<Resolved>;
  /**
   * Leaves a checked package folder below `folder`, which is on the volume of the root directory, and returns its path.
   * Nothing is ever written outside `folder`.
   */
  fetch(resolved: Resolved, folder: string, context: SourceContext): Promise<string>;
}

/** Where the images of catalog indexes come from. */
export interface CatalogImages {
  /**
   * Leaves the content of an image, all layers one over the other, in the new folder `<folder>/content` and returns that with
   * the image's digest. Throws OCI_REFERENCE_INVALID, IMAGE_*, REGISTRY_*, ARCHIVE_*.
   */
  unpack(
    image: string,
    folder: string,
    context: Pick<SourceContext, 'signal' | 'insecure' | 'ca' | 'onWarning' | 'keep'>,
  ): Promise<{ dir: string; digest: string }>;
}
