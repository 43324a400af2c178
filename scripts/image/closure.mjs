/**
 * Paths in a package-lock.json of all packages that run with the packages at `roots` (workspace folders), by Node's own
 * rules of resolution. Development dependencies are not among them; optional ones are, where `isInstalled(path)`, and those
 * of packages that `isBuilt(path)` says have all they need built in are not. Throws if the lockfile lacks a package.
 */
export function runtimeClosure(packages, roots, { isInstalled, isBuilt }) {
  const found = new Set();
  const pending = [...roots];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    const pkg = packages[path];
    if (pkg.link) {
      pending.push(pkg.resolved);
      continue;
    }
    if (isBuilt(path)) continue;
    for (const [name, mayMiss] of dependenciesOf(pkg)) {
      const target = resolve(packages, path, name);
      if (target && (!mayMiss || isInstalled(target))) pending.push(target);
      else if (!mayMiss) throw new Error(`package-lock.json has no ${name}, which ${path} needs.`);
    }
  }
  return [...found].sort();
}

/** [name, whether it may be missing] of everything that a package wants beside it. */
function dependenciesOf(pkg) {
  const required = Object.keys(pkg.dependencies ?? {}).map((name) => [name, false]);
  const optional = Object.keys(pkg.optionalDependencies ?? {}).map((name) => [name, true]);
  const peers = Object.keys(pkg.peerDependencies ?? {}).map((name) => [
    name,
    pkg.peerDependenciesMeta?.[name]?.optional === true,
  ]);
  // An optional peer that is there for another's sake is found there; nobody is here for its own.
  return [...required, ...optional, ...peers.filter(([, mayMiss]) => !mayMiss)];
}

function resolve(packages, from, name) {
  for (let dir = from; ; dir = dir.slice(0, dir.lastIndexOf('/'))) {
    const path = dir === '' ? `node_modules/${name}` : `${dir}/node_modules/${name}`;
    if (packages[path]) return path;
    if (dir === '') return undefined;
    if (!dir.includes('/')) dir = '/';
  }
}
