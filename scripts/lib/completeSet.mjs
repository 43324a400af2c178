import pacote from 'pacote';
import semver from 'semver';
import { FIELDS, npmSettings } from './fixedRegistry.mjs';

/**
 * What has to be added to a set of packages (name → version → entry of a lockfile) so that whatever a package manager chooses of it
 * for `ranges`, and for what those packages depend on, is in it: entries of a lockfile by `name@version`, sorted, the newest that
 * the registry has. Packages of this repository are left out, and peers that are optional.
 */
export async function completeSet(packages, ranges) {
  const settings = await npmSettings();
  const further = {};
  const seen = new Set();
  const open = ranges.flatMap((each) => Object.entries(each));
  while (open.length > 0) {
    const [name, range] = open.pop();
    if (name.startsWith('@stagedoor/') || seen.has(`${name}@${range}`)) continue;
    seen.add(`${name}@${range}`);
    const [real, wanted] = aliasOf(name, range);
    if (!packages.has(real)) packages.set(real, {});
    const versions = packages.get(real);
    const suits = (version) => semver.satisfies(version, wanted, { loose: true });
    if (!Object.keys(versions).some(suits)) {
      const entry = await newest(real, wanted, settings);
      versions[entry.version] = further[`${real}@${entry.version}`] = entry;
    }
    for (const version of Object.keys(versions).filter(suits)) open.push(...edgesOf(versions[version]));
  }
  return Object.fromEntries(Object.entries(further).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `npm:other@^1` is another name and range. */
function aliasOf(name, range) {
  const [, real, wanted] = /^npm:(@?[^@]+)@(.+)$/.exec(range) ?? [undefined, name, range];
  return [real, wanted];
}

function edgesOf({ dependencies, optionalDependencies, peerDependencies = {}, peerDependenciesMeta = {} }) {
  const peers = Object.entries(peerDependencies).filter(([name]) => !peerDependenciesMeta[name]?.optional);
  return [...Object.entries({ ...dependencies, ...optionalDependencies }), ...peers];
}

async function newest(name, range, settings) {
  const manifest = await pacote.manifest(`${name}@${range}`, { ...settings, fullMetadata: false });
  const fields = FIELDS.flatMap((field) => (manifest[field] ? [[field, manifest[field]]] : []));
  const { optionalDependencies = {} } = manifest;
  const entry = Object.fromEntries(fields);
  // A registry lists them among the others too.
  entry.dependencies = Object.fromEntries(
    Object.entries(entry.dependencies ?? {}).filter(([dependency]) => !(dependency in optionalDependencies)),
  );
  return { ...entry, integrity: manifest._integrity };
}
