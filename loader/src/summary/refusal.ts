import type { Refusal } from '../lifecycle/states';
import type { Facts } from './facts';

/** The refusal that still holds: that of the drop as it is now, unless an operator went back from it. */
export function refusalOf({ status, refusal, remembered: { chosen } }: Facts): Refusal | undefined {
  if (!refusal) return undefined;
  const { onDisk, loaded } = status;
  const digest = refusal.build?.digest;
  if (digest === undefined) return onDisk ? undefined : refusal;
  const current = onDisk === undefined || onDisk.digest === digest || loaded?.digest === digest;
  const left = chosen?.instead === digest && loaded?.digest === chosen.digest;
  return current && !left ? refusal : undefined;
}
