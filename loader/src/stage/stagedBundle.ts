import { sourceName, type BundleManifest, type PackageJson } from '@stagedoor/bundle';
import { embeddedDirs } from './embeddedDirs';

/** An immutable copy of a drop, the only thing that ever runs. */
export interface StagedBundle {
  /** Name in package.json, the identity of the bundle across updates. */
  name: string;
  version: string;
  /** Hex sha256 over all files. */
  digest: string;
  dir: string;
  packageJson: PackageJson;
  /** Absent for bundles of other tools. */
  manifest?: BundleManifest;
  /** The drop it was copied from. */
  entry: string;
}

/** The source name and the name itself: upstream resolves the files of a dynamic plugin by either. Includes embedded packages. */
export function packageDirs(bundle: StagedBundle): Record<string, string> {
  return {
    ...embeddedDirs(bundle.dir, bundle.packageJson),
    [bundle.name]: bundle.dir,
    [sourceName(bundle.name)]: bundle.dir,
  };
}
