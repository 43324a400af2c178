import { StagedoorError, type CodedError } from '@stagedoor/bundle';
import { STATIC_OWNER } from './part';

/** Bundles such as an RBAC backend replace Backstage's permission backend, which most portals have in their code. */
const PERMISSION_HINT =
  'Remove @backstage/plugin-permission-backend from the code of the portal: a portal runs only one permission backend. ' +
  'Or drop a module that sets a policy instead.';

/** `owner` registers an id that `holder` already has. */
export function conflict(
  code: 'PLUGIN_ID_CONFLICT' | 'MODULE_ID_CONFLICT',
  what: string,
  owner: string,
  holder: string,
): StagedoorError {
  const holderName = holder === STATIC_OWNER ? 'the portal itself (static)' : holder;
  return new StagedoorError(code, `${owner} provides ${what}, which ${holderName} already provides.`, {
    hint:
      holder === STATIC_OWNER
        ? what === "plugin 'permission'"
          ? PERMISSION_HINT
          : `Remove the bundle, or remove the plugin from the code of the portal.`
        : `Remove the drop of ${owner} or of ${holder}.`,
    details: { claimant: owner, holder: holderName, static: holder === STATIC_OWNER },
  });
}

export function registerFailed(owner: string, cause: Error): StagedoorError {
  return new StagedoorError('REGISTER_FAILED', `The register function of ${owner} threw: ${cause.message}`, { cause });
}

/** Errors that end when another bundle goes. */
const CONFLICTS = new Set<string | undefined>([
  'PLUGIN_ID_CONFLICT',
  'MODULE_ID_CONFLICT',
  'CONFIG_VISIBILITY_CONFLICT',
]);

/** What a bundle is in conflict with: a package name or {@link STATIC_OWNER}; undefined for any other error, or none. */
export function holderIn(fault: Partial<CodedError> | undefined): string | undefined {
  const { code, details } = fault ?? {};
  if (!CONFLICTS.has(code)) return undefined;
  return details?.static === true ? STATIC_OWNER : String(details?.holder);
}
