import type { RunningBackend } from '../support/backend';
import { dropFolder, fixtureBundle, type FixtureOptions } from '../support/bundles';
import { tempDir } from '../support/tempDir';

/** Name of the fixture bundle of a page. */
export const PAGE = 'page-dynamic';
/** Where the portal lists remotes, and serves their files below. */
export const REMOTES = '/.backstage/dynamic-features/remotes';
/** A file of it whose name tells its content. */
export const ENTRY = 'remoteEntry.0123456789abcdef.js';
/** `Cache-Control` of such files. */
export const FOR_GOOD = 'public, max-age=31536000, immutable';

/** An entry of the list of remotes. */
export interface Remote {
  packageName: string;
  version: string;
  digest: string;
  exposedModules: string[];
  remoteInfo: { name: string; entry: string };
  config?: object;
}

/** A JSON schema of a section of app-config of which browsers see all. */
export const VISIBLE = { type: 'object', additionalProperties: true, deepVisibility: 'frontend' };

/** The file of a bundle that is its config schema, with these sections of app-config. */
export const schemaOf = (properties: object): Record<string, string> => ({
  'dist/.config-schema.json': JSON.stringify({
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties,
  }),
});

/** Drops the page, or another build of it, into the root directory. */
export async function drop(backend: RunningBackend, options: FixtureOptions = {}): Promise<void> {
  const dir = await fixtureBundle(await tempDir(), 'page', options);
  await dropFolder(dir, backend.root, 'page');
}

/** The list of remotes as browsers get it. */
export async function remotes(backend: RunningBackend): Promise<Remote[]> {
  return (await (await backend.get(REMOTES)).json()) as Remote[];
}
