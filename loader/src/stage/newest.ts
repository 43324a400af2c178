import { compare, valid } from 'semver';
import type { StagedBundle } from './stagedBundle';

/**
 * The bundle of each package that takes precedence: the highest version; among equals, the drop that sorts last. Sorted by
 * drop.
 */
export function newestOf(bundles: readonly StagedBundle[]): StagedBundle[] {
  const newest = new Map<string, StagedBundle>();
  for (const bundle of [...bundles].sort((a, b) => byVersion(a, b) || byDrop(a, b))) newest.set(bundle.name, bundle);
  return [...newest.values()].sort(byDrop);
}

function byDrop(a: StagedBundle, b: StagedBundle): number {
  return a.entry < b.entry ? -1 : 1;
}

function byVersion(a: StagedBundle, b: StagedBundle): number {
  if (!valid(a.version) || !valid(b.version)) return a.version < b.version ? -1 : a.version > b.version ? 1 : 0;
  return compare(a.version, b.version);
}
