import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StagedoorError } from './error';
import { remoteManifestMissing, oldFrontendSystem } from './errors';

/** The manifest of a Module Federation remote, in the bundle of a frontend plugin. */
const REMOTE_MANIFEST = 'dist/mf-manifest.json';

/** Hint for frontend plugins of Backstage's old frontend system. */
export const OLD_FRONTEND_HINT =
  'Use a version of the package that supports the new frontend system; many have it under ./alpha. Where there is none, make a ' +
  'package whose default export is convertLegacyPlugin(…) of @backstage/core-compat-api, with the old plugin and its pages in it. ' +
  'Export either with `npx @stagedoor/cli export`.';

/**
 * REMOTE_INVALID for a frontend package in `dir` without a Module Federation remote, with a description of what it is and a
 * hint. Undefined if there is a remote.
 */
export function remoteFault(name: string, dir: string): StagedoorError | undefined {
  if (existsSync(join(dir, REMOTE_MANIFEST))) return undefined;
  if (existsSync(join(dir, 'dist-scalprum'))) {
    return oldFrontendSystem(name, REMOTE_MANIFEST, OLD_FRONTEND_HINT);
  }
  return remoteManifestMissing(name, REMOTE_MANIFEST);
}
