/** Of a workspace's package.json, what says nothing to those who install the package. */
const OWN = ['devDependencies', 'scripts'];

/** What `publishConfig` may say in place of the top level, as pnpm and Yarn read it; npm does not apply it. */
const OVERRIDABLE = ['main', 'module', 'types', 'exports', 'browser', 'bin', 'sideEffects'];

/**
 * The package.json of the published package, made of a workspace's. There, `types` name sources, so that types need no
 * build; the published ones name the declarations beside the code. Siblings are wanted in the range of their version,
 * `siblings` giving that by name. `left` names dependencies that are built in.
 */
export function packedManifest(manifest, { folder, siblings, project = {}, left = [] }) {
  const { publishConfig = {}, ...own } = manifest;
  const overrides = Object.fromEntries(Object.entries(publishConfig).filter(([key]) => OVERRIDABLE.includes(key)));
  const settings = Object.fromEntries(Object.entries(publishConfig).filter(([key]) => !OVERRIDABLE.includes(key)));
  const packed = { ...own, ...overrides, publishConfig: settings };
  for (const key of OWN) delete packed[key];
  // There from the first release on.
  if (packed.files) packed.files = [...packed.files, 'CHANGELOG.md'];
  if (packed.types) packed.types = declarationOf(packed.types);
  if (packed.exports) {
    packed.exports = mapTexts(packed.exports, declarationOf);
    const versions = typesVersions(packed.exports);
    if (versions) packed.typesVersions = versions;
  }
  for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies']) {
    if (packed[kind]) packed[kind] = rangesOf(packed[kind], siblings, left);
  }
  return { ...packed, ...addresses(project, folder) };
}

/** `./src/a/b.ts` → `./dist/a/b.d.ts`; anything else as it is. */
export function declarationOf(path) {
  return path.replace(/^((?:\.\/)?)src\/(.*?)(?<!\.d)\.tsx?$/, '$1dist/$2.d.ts');
}

/** Resolution `node10` reads no `exports`: it finds the types of subpaths by this field. */
function typesVersions(exports) {
  const subpaths = Object.entries(exports).filter(([path, target]) => path.startsWith('./') && target?.types);
  if (subpaths.length === 0) return undefined;
  return {
    '*': Object.fromEntries(subpaths.map(([path, { types }]) => [path.slice(2), [types.replace(/^\.\//, '')]])),
  };
}

function rangesOf(dependencies, siblings, left) {
  const kept = Object.entries(dependencies).filter(([name]) => !left.includes(name));
  return Object.fromEntries(kept.map(([name, range]) => [name, siblings.has(name) ? `^${siblings.get(name)}` : range]));
}

function addresses({ repository, homepage, bugs }, directory) {
  return {
    ...(repository && {
      repository: { type: 'git', url: `git+${repository.replace(/(\.git)?$/, '.git')}`, directory },
    }),
    ...(homepage && { homepage }),
    ...(bugs && { bugs: { url: bugs } }),
  };
}

function mapTexts(value, change) {
  if (typeof value === 'string') return change(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inner && mapTexts(inner, change)]));
}
