import type { NextStart } from '../adminApi';
import { refusalOf } from './refusal';
import type { Facts } from './facts';

/** The build that the next start of the portal runs if nothing changes until then, and why; without a version, none. */
export function nextStartOf(facts: Facts): NextStart {
  const { status, remembered, lastGood } = facts;
  const { disabled, chosen, quarantined, serving } = remembered;
  const { onDisk } = status;
  if (disabled) return { why: 'disabled' };
  const refusal = refusalOf(facts);
  const pinned = chosen && onDisk && chosen.instead === onDisk.digest ? chosen : undefined;
  const first = pinned ?? onDisk;
  if (first && quarantined?.digest === first.digest) return { why: 'quarantined' };
  if (pinned) return { why: 'rolled-back', ...named(pinned) };
  if (!refusal) return onDisk ? { why: 'drop', ...named(onDisk) } : { why: 'removed' };
  const good = lastGood && !refusal.fallbackFault && serving && serving.digest !== onDisk?.digest ? serving : undefined;
  if (good) return { why: 'last-good', ...named(good) };
  return { why: 'refused' };
}

function named({ version, digest }: { version: string; digest: string }): { version: string; digest: string } {
  return { version, digest };
}
