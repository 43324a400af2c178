import { StagedoorError } from '@stagedoor/bundle';
import { STATIC_OWNER } from './part';

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
        ? `Remove the bundle, or the plugin from the portal.`
        : `Remove the drop of ${owner} or of ${holder}.`,
    details: { claimant: owner, holder: holderName },
  });
}
