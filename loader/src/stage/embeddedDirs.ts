import { isInside, type PackageJson } from '@stagedoor/bundle';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Folders of the packages that another tool put into a bundle as `embedded/…`, by name. `rhdh-cli plugin export` and
 * `backstage-cli package bundle` list them as `file:` entries of `resolutions`, from which Yarn copies them into the bundle's
 * `node_modules`; that copy runs. The plugin inside a wrapper is such a package, and resolves its files by its own name.
 */
export function embeddedDirs(dir: string, packageJson: PackageJson): Record<string, string> {
  const dirs: Record<string, string> = {};
  for (const [name, place] of Object.entries(packageJson.resolutions ?? {})) {
    if (typeof place !== 'string' || !place.startsWith('file:')) continue;
    const candidates = [join(dir, 'node_modules', name), resolve(dir, place.slice('file:'.length))];
    const found = candidates.find(
      (candidate) => isInside(dir, candidate) && existsSync(join(candidate, 'package.json')),
    );
    if (found) dirs[name] = found;
  }
  return dirs;
}
