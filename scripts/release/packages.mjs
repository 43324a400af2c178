import { join } from 'node:path';
import { readJson, repository } from '../lib/repository.mjs';

/**
 * The workspaces that are published, those with `"publishConfig": { "access": "public" }`: each after the ones that it
 * depends on. `folder` is below the repository, `dir` is its full path.
 */
export function publishedPackages() {
  const all = readJson('package.json').workspaces.map((folder) => ({
    folder,
    dir: join(repository, folder),
    manifest: readJson(folder, 'package.json'),
  }));
  return inDependencyOrder(all.filter(({ manifest }) => isPublished(manifest)));
}

function isPublished({ private: isPrivate = false, publishConfig = {} }) {
  return !isPrivate && publishConfig.access === 'public';
}

/** Throws for a cycle: none of its packages could be published first. */
export function inDependencyOrder(packages) {
  const byName = new Map(packages.map((pkg) => [pkg.manifest.name, pkg]));
  const ordered = new Set();
  const visit = (pkg, path) => {
    if (ordered.has(pkg)) return;
    const { name, dependencies, peerDependencies } = pkg.manifest;
    if (path.includes(name)) throw new Error(`Packages depend on each other: ${[...path, name].join(' → ')}`);
    for (const needed of Object.keys({ ...dependencies, ...peerDependencies })) {
      if (byName.has(needed)) visit(byName.get(needed), [...path, name]);
    }
    ordered.add(pkg);
  };
  for (const pkg of packages) visit(pkg, []);
  return [...ordered];
}
