import { parseResolution, parseSyml } from '@yarnpkg/parsers';
import * as z from 'zod';
import { isInstalled, type InstalledManifest, type InstalledPackage } from '../installedPackage';
import { grouped, versions, type Locked, type Lockfile, type PackageImport } from './lockfile';

/** yarn.lock of both families; a key lists descriptors, see yarnpkg.com/advanced/lexicon. */
const schema = z.record(
  z.string(),
  z.looseObject({
    version: z.union([z.string(), z.number()]).transform(String).optional(),
    resolution: z.string().optional(),
    integrity: z.string().optional(),
    checksum: z.string().optional(),
    linkType: z.string().optional(),
  }),
);

/** A package name in front of a descriptor or locator. */
const NAME = /^((?:@[^/@]+\/)?[^/@]+)@(.*)$/;
const FOREIGN = /^(git|ssh|https?|github|gitlab|bitbucket)\b.*:|^[^:@/]+\/[^/]+$/;
const FOLDER = /^(workspace|link|portal):/;

/** A rule of `resolutions` in the root's package.json. */
interface Resolution {
  /** Name of the package whose import it changes; undefined for any. */
  parent?: string;
  name: string;
  /** The range it replaces; undefined for any. */
  range?: string;
  /** The range that counts instead. */
  to: string;
  /** False for a path from the root, of which only the end is compared here: Yarn 1 matches whole paths of imports. */
  certain: boolean;
}

/** True for the yarn.lock of Yarn 2 and later. */
export function isBerry(text: string): boolean {
  return /^__metadata:/m.test(text);
}

/** Reads yarn.lock: what each declared range resolves to. `resolutions` are those of the root. */
export function readYarnLockfile(text: string, file: string, resolutions: InstalledManifest['resolutions']): Lockfile {
  const berry = isBerry(text);
  const byDescriptor = new Map<string, Locked>();
  const all: Locked[] = [];
  for (const [keys, entry] of Object.entries(schema.parse(parseSyml(text)))) {
    if (keys === '__metadata') continue;
    const descriptors = keys.split(/,\s*/);
    const locked = readEntry(descriptors, entry);
    all.push(locked);
    // Yarn binds descriptors to where they come from: `x@file:./x::locator=…`.
    for (const descriptor of descriptors) byDescriptor.set(descriptor.split('::')[0]!, locked);
  }
  const byName = grouped(all.map((entry) => [entry.name ?? '', entry] as const));
  const rules = readResolutions(resolutions, berry);
  return {
    kind: berry ? 'yarn-berry' : 'yarn-classic',
    file,
    locked: (link) => {
      const exact = rangesOf(link, rules, berry).flatMap((range) => byDescriptor.get(`${link.name}@${range}`) ?? []);
      // Peers, packages that are imported without being declared, ranges that Yarn writes in its own way.
      return exact.length > 0 ? exact : (byName.get(link.to.name) ?? []);
    },
    versionsOf: (name) => versions(byName.get(name)),
  };
}

function readEntry([first]: string[], entry: z.infer<typeof schema>[string]): Locked {
  const [, alias, range = ''] = NAME.exec(first!) ?? [];
  // Berry names the package in the resolution; Yarn 1 only in an alias such as `num@npm:is-number@^7.0.0`.
  const own = NAME.exec(entry.resolution ?? '')?.[1] ?? NAME.exec(/^npm:(.+)$/.exec(range)?.[1] ?? '')?.[1];
  const folder = entry.linkType === 'soft' || (entry.linkType === undefined && FOLDER.test(range));
  const { version, integrity, checksum } = entry;
  // Under a repository or an archive any name may lie.
  const elsewhere = own === undefined && FOREIGN.test(range);
  return { name: elsewhere ? undefined : (own ?? alias), ...(!folder && { version, integrity, checksum }) };
}

function readResolutions(resolutions: unknown, berry: boolean): Resolution[] {
  const parsed = z.record(z.string(), z.string()).safeParse(resolutions);
  return Object.entries(parsed.data ?? {}).flatMap(([pattern, to]) => {
    const path = pattern.replace(/^\*\*\//, '');
    try {
      const { from, descriptor } = parseResolution(path.replace(/^.*\*\//, ''));
      const certain = berry || (from === undefined && !path.includes('*'));
      return { parent: from?.fullName, name: descriptor.fullName, range: descriptor.description, to, certain };
    } catch {
      return [];
    }
  });
}

/** The ranges under which the lockfile may list an import; none where the importer does not declare it. */
function rangesOf({ from, name }: PackageImport, rules: Resolution[], berry: boolean): string[] {
  const declared = from && declaredRange(from, name);
  if (declared === undefined) return [];
  const written = (range: string): string => (berry && !/^[a-z+]+:/i.test(range) ? `npm:${range}` : range);
  const rule = rules.find(
    (entry) =>
      entry.name === name &&
      (entry.parent === undefined || entry.parent === from?.name) &&
      (entry.range === undefined || written(entry.range) === written(declared)),
  );
  if (!rule) return [written(declared)];
  return rule.certain ? [written(rule.to)] : [written(rule.to), written(declared)];
}

/** A peer is whatever the importer's own importer has, and development dependencies of others are not installed. */
function declaredRange({ manifest, dir }: InstalledPackage, name: string): string | undefined {
  return (
    manifest.dependencies?.[name] ??
    manifest.optionalDependencies?.[name] ??
    (isInstalled(dir) ? undefined : manifest.devDependencies?.[name])
  );
}
