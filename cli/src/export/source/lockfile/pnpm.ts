import { relative, sep } from 'node:path';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { grouped, versions, type Locked, type Lockfile, type PackageImport } from './lockfile';

const links = z.record(z.string(), z.string()).optional();
const importer = z
  .looseObject({})
  .transform((value) =>
    Object.fromEntries(FIELDS.flatMap((field) => Object.entries(direct.parse(value[field] ?? {})))),
  );
const direct = z.record(
  z.string(),
  z.looseObject({ version: z.string() }).transform((entry) => entry.version),
);
const snapshot = z.looseObject({ dependencies: links, optionalDependencies: links });

/** pnpm-lock.yaml, versions 6 to 9: the spec is github.com/pnpm/spec, lockfile/. */
const schema = z.looseObject({
  lockfileVersion: z.coerce.string().refine((version) => Number(version) >= 6 && Number(version) < 10, {
    message: 'of this lockfile is not one of 6 to 9: run `pnpm install` with pnpm 8 or later',
  }),
  importers: z.record(z.string(), importer).optional(),
  packages: z
    .record(
      z.string(),
      snapshot.extend({
        name: z.string().optional(),
        version: z.string().optional(),
        resolution: z.looseObject({ integrity: z.string().optional(), type: z.string().optional() }).optional(),
      }),
    )
    .default({}),
  /** Version 9 keeps the dependencies apart from the packages. */
  snapshots: z.record(z.string(), snapshot.nullable()).optional(),
});

const FIELDS = ['devDependencies', 'optionalDependencies', 'dependencies'];
const FOLDER = /^(link|file|workspace):/;

/** Reads pnpm's lockfile: what each importer and each package resolves a name to. */
export function readPnpmLockfile(text: string, file: string, root: string): Lockfile {
  // pnpm may write a document about itself before the one about the packages.
  const documents = parseAllDocuments(text, { uniqueKeys: false });
  for (const { errors } of documents) if (errors[0]) throw errors[0];
  const parsed: unknown = documents.at(-1)?.toJS();
  const { importers, packages, snapshots } = schema.parse(parsed);
  const projects = importers ?? { '.': importer.parse(parsed) };
  const entries = new Map<string, Locked>();
  for (const [key, { name, version, resolution }] of Object.entries(packages)) {
    const id = identify(key);
    if (id)
      entries.set(id.key, { name: name ?? id.name, version: version ?? id.version, integrity: resolution?.integrity });
  }
  const byName = grouped([...entries.values()].map((entry) => [entry.name ?? '', entry] as const));
  // One package may be installed several times, with different peers.
  const copies = grouped(
    Object.entries(snapshots ?? packages).flatMap(([key, value]) => {
      const entry = entries.get(identify(key)?.key ?? '');
      return entry
        ? [[`${entry.name}@${entry.version}`, { ...value?.dependencies, ...value?.optionalDependencies }]]
        : [];
    }),
  );

  const references = ({ from, name }: PackageImport): string[] => {
    if (!from) return [];
    const project = projects[relative(root, from.dir).split(sep).join('/') || '.'];
    const sources = project ? [project] : (copies.get(`${from.name}@${from.version}`) ?? []);
    return sources.flatMap((source) => source[name] ?? []);
  };
  return {
    kind: 'pnpm',
    file,
    locked: (link) => {
      const found = references(link).flatMap((reference) => {
        if (FOLDER.test(reference)) return {};
        return entries.get(identify(reference)?.key ?? '') ?? entries.get(bare(`${link.name}@${reference}`)) ?? [];
      });
      // Peers and packages that are imported without being declared.
      return found.length > 0 ? found : (byName.get(link.to.name) ?? []);
    },
    versionsOf: (name) => versions(byName.get(name)),
  };
}

/** `name@version` of a key such as `/@scope/name@1.0.0(peer@2.0.0)`; undefined for a mere version. */
function identify(key: string): { key: string; name: string; version: string } | undefined {
  const id = bare(key);
  const at = id.indexOf('@', 1);
  return at < 0 || FOLDER.test(id) ? undefined : { key: id, name: id.slice(0, at), version: id.slice(at + 1) };
}

function bare(key: string): string {
  return key.replace(/^\//, '').replace(/\(.*$/, '');
}
