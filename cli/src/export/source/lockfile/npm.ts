import { relative, sep } from 'node:path';
import * as z from 'zod';
import { grouped, versions, type Locked, type Lockfile } from './lockfile';

/** `packages` of package-lock.json and npm-shrinkwrap.json, versions 2 and 3: docs.npmjs.com, package-lock-json. */
const schema = z.looseObject({
  packages: z.record(
    z.string(),
    z.looseObject({
      version: z.string().optional(),
      name: z.string().optional(),
      integrity: z.string().optional(),
      link: z.boolean().optional(),
    }),
  ),
});

const NAME = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/;

/** Reads npm's lockfile: one entry per folder, relative to `root`. */
export function readNpmLockfile(text: string, file: string, root: string): Lockfile {
  const { packages } = schema.parse(JSON.parse(text));
  const entries = new Map<string, Locked>();
  for (const [path, { version, name, integrity, link }] of Object.entries(packages)) {
    const inModules = NAME.exec(path)?.[1];
    // A folder beside node_modules is a workspace or the target of a link: its version is what it says itself.
    if (!link) entries.set(path, inModules ? { version, name: name ?? inModules, integrity } : {});
  }
  const byName = grouped([...entries.values()].map((entry) => [entry.name ?? '', entry] as const));
  return {
    kind: 'npm',
    file,
    locked: ({ to }) => {
      const entry = entries.get(relative(root, to.dir).split(sep).join('/'));
      return entry ? [entry] : [];
    },
    versionsOf: (name) => versions(byName.get(name)),
  };
}
