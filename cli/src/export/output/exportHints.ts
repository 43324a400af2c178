import { StagedoorError, codes, isStagedoorError, type ErrorCode } from '@stagedoor/bundle';
import { dataWithKnownNames, withKnownNames } from '../../temporary/knownNames';

/** What to do about an error that an export ends with. */
interface ExportHint {
  /** For who has the source of the plugin. */
  source: string;
  /** For who exports a plugin as it was published. */
  published: string;
}

const NEWER = 'Use another release of the plugin, and tell its authors.';

/**
 * Instead of the general hints of the codes, which address the operator of a portal: an author must not be told to export again while exporting,
 * or to correct the code of a published package.
 */
const EXPORT_HINTS: Partial<Record<ErrorCode, ExportHint>> = {
  PACKAGE_JSON_INVALID: { source: 'Correct the named field in package.json.', published: NEWER },
  ROLE_MISSING: {
    source: codes.ROLE_MISSING.hint,
    published: 'The package is not a Backstage plugin, or older than roles. Use a newer release of it.',
  },
  MAIN_MISSING: { source: codes.MAIN_MISSING.hint, published: NEWER },
  MAIN_OUTSIDE: { source: codes.MAIN_OUTSIDE.hint, published: NEWER },
  MODULE_NOT_FOUND: {
    source: 'Add the package to "dependencies" and install it, or carry it with --hoist.',
    published:
      'Carry the package with --hoist, if it is installed beside the plugin, or use another release of the plugin.',
  },
  LOAD_FAILED: {
    source: 'Correct the code at the named place. If a package there does not bundle, carry it as it is with --hoist.',
    published:
      'If a package at the named place does not bundle, carry it as it is with --hoist, or use another release.',
  },
  NOT_A_FEATURE: { source: codes.NOT_A_FEATURE.hint, published: 'Use a release with a feature as default export.' },
  NO_PLUGIN_ID: { source: codes.NO_PLUGIN_ID.hint, published: NEWER },
  PLUGIN_ID_INVALID: { source: 'Correct the pluginId or moduleId in the source.', published: NEWER },
  REGISTER_FAILED: { source: 'Correct the register function at the named place.', published: NEWER },
  INIT_FAILED: {
    source: 'Read the message: it is what the plugin itself threw. --no-start-check leaves the start to the portal.',
    published: 'Read the message: it is what the plugin itself threw. --no-start-check leaves the start to the portal.',
  },
  ROOT_ROUTE_REFUSED: { source: codes.ROOT_ROUTE_REFUSED.hint, published: NEWER },
  REMOTE_INVALID: { source: 'Export a plugin of the new frontend system as default.', published: NEWER },
  DEPENDENCY_NOT_INSTALLED: {
    source: 'Install the dependencies of the plugin.',
    published:
      'Its package.json does not declare the package. Install both in a folder of your own, and export from there by name.',
  },
  LOCKFILE_MISMATCH: {
    source: 'Install from the lockfile (`npm ci`, `yarn install`, `pnpm install`).',
    published: 'Install from the lockfile (`npm ci`, `yarn install`, `pnpm install`).',
  },
  PEER_UNSATISFIED: {
    source: 'Use dependencies of the Backstage release of the portal, or upgrade the portal.',
    published: 'Use a release of the plugin for the Backstage release of the portal, or upgrade the portal.',
  },
  PEER_UNKNOWN: {
    source: 'Leave out --shared for it: what the portal does not share is carried.',
    published: 'Leave out --shared for it: what the portal does not share is carried.',
  },
  PLATFORM_MISMATCH: {
    source: 'Run this command on the platform and Node.js version of the portal.',
    published: 'Run this command on the platform and Node.js version of the portal.',
  },
  BUILD_FAILED: { source: codes.BUILD_FAILED.hint, published: NEWER },
  CONFIG_SCHEMA_INVALID: { source: codes.CONFIG_SCHEMA_INVALID.hint, published: NEWER },
};

/**
 * An error of an export as its reader is to be told it: temporary folders by the names that the reader knows, and, where it has
 * no hint of its own, the one for an export. `published`: the plugin is exported as it was published.
 */
export function tellExportError(error: unknown, published: boolean): unknown {
  if (!isStagedoorError(error)) return error;
  const { code, hint: general, details, cause } = error;
  const fitting = EXPORT_HINTS[code]?.[published ? 'published' : 'source'];
  const hint = fitting !== undefined && general === codes[code].hint ? fitting : (general ?? '');
  return new StagedoorError(code, withKnownNames(error.message), {
    hint: withKnownNames(hint),
    details: details && dataWithKnownNames(details),
    cause,
  });
}
