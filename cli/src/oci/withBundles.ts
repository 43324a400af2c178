import {
  checkFiles,
  fileName,
  listBundleFiles,
  packName,
  readManifest,
  readPackageJson,
  sourceName,
  type PackageJson,
} from '@stagedoor/bundle';
import { withBundle, type OpenOptions } from '../bundles/openBundle';
import { pluginTwice } from './errors';

/** A bundle that goes into an image. */
export interface ImagePart {
  /** Absolute path of its folder. */
  dir: string;
  /** Its folder in the image, named as RHDH's command line does; packages that it would name alike: see {@link fileName}. */
  folder: string;
  packageJson: PackageJson;
}

/**
 * Opens all of `targets` at once for the time `use` takes, sorted by folder, each held against its manifest where it has
 * one. Throws what {@link withBundle} throws, PACKAGE_JSON_*, MANIFEST_INVALID, DIGEST_MISMATCH, USAGE for two of one name.
 */
export async function withBundles<T>(
  targets: readonly string[],
  options: OpenOptions,
  use: (parts: ImagePart[]) => Promise<T>,
  opened: readonly ImagePart[] = [],
): Promise<T> {
  const [target, ...others] = targets;
  if (target === undefined) return await use(apart(opened));
  return await withBundle(target, options, async ({ dir }) => {
    const packageJson = await readPackageJson(dir);
    const manifest = await readManifest(dir);
    if (manifest) checkFiles(manifest, await listBundleFiles(dir));
    const name = sourceName(packageJson.name);
    if (opened.some((part) => sourceName(part.packageJson.name) === name)) {
      throw pluginTwice(packageJson.name);
    }
    return await withBundles(others, options, use, [...opened, { dir, folder: packName(name), packageJson }]);
  });
}

/** The parts by folder, each with one of its own, whatever order they were given in. */
function apart(parts: readonly ImagePart[]): ImagePart[] {
  const taken = (folder: string): number =>
    parts.filter((part) => part.folder.toLowerCase() === folder.toLowerCase()).length;
  return parts
    .map((part) => (taken(part.folder) === 1 ? part : { ...part, folder: fileName(sourceName(part.packageJson.name)) }))
    .sort((a, b) => (a.folder < b.folder ? -1 : 1));
}
