import type { Refusal } from '../lifecycle/states';
import type { Facts } from './facts';

/** The refusal that still holds: that of the drop as it is now, unless an operator went back from it. */
export function refusalOf({ status, refusal, remembered: { chosen } }: Facts): Refusal | undefined {
  if (!refusal) return undefined;
  const { onDisk, loaded } = status;
  const digest = refusal.build?.digest;
  // A drop that could not be read, or the report of a build that failed: over when anything else is recorded.
  if (digest === undefined) return onDisk && status.since !== refusal.at ? undefined : refusal;
  const current = onDisk === undefined || onDisk.digest === digest || loaded?.digest === digest;
  const left = chosen?.instead === digest && loaded?.digest === chosen.digest;
  return current && !left ? refusal : undefined;
}
