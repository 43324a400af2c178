import { StagedoorError, type CodedError } from '@stagedoor/bundle';
import { STATIC_OWNER } from './part';

/** A bundle such as an RBAC backend comes in place of Backstage's permission backend, which portals have in their code. */
const PERMISSION_HINT =
  'Remove @backstage/plugin-permission-backend from the code of the portal: two permission backends cannot run. ' +
  'Or drop a module that sets a policy in its place.';

/** The refusal of `owner`, who brings what `holder` already has. */
export function conflict(
  code: 'PLUGIN_ID_CONFLICT' | 'MODULE_ID_CONFLICT',
  what: string,
  owner: string,
  holder: string,
): StagedoorError {
  const holderName = holder === STATIC_OWNER ? 'the portal itself (static)' : holder;
  return new StagedoorError(code, `${owner} brings ${what}, which ${holderName} already provides.`, {
    hint:
      holder === STATIC_OWNER
        ? what === "plugin 'permission'"
          ? PERMISSION_HINT
          : `Remove the bundle, or the plugin from the portal.`
        : `Remove the drop of ${owner} or of ${holder}.`,
    details: { claimant: owner, holder: holderName, static: holder === STATIC_OWNER },
  });
}

/** Who holds the id that a bundle was refused, a package name or {@link STATIC_OWNER}; undefined for any other fault, or none. */
export function holderIn(fault: Partial<CodedError> | undefined): string | undefined {
  const { code, details } = fault ?? {};
  if (code !== 'PLUGIN_ID_CONFLICT' && code !== 'MODULE_ID_CONFLICT') return undefined;
  return details?.static === true ? STATIC_OWNER : String(details?.holder);
}
