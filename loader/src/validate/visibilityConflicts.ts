import type { JsonObject } from '@backstage/types';
import { visibilityOf, type VisibleLeaf } from './configVisibility';

/** A key of app-config that bundles disagree about. */
export interface VisibilityConflict {
  /** For example `vis.token`. */
  key: string;
  /** Bundles that show it to browsers. */
  shownBy: string[];
  /** Bundles that declare it secret, which wins. */
  secretTo: string[];
}

/** The keys in app-config that schemas of some bundles make visible in browsers and those of others secret. */
export function visibilityConflicts(
  schemas: ReadonlyMap<string, readonly JsonObject[]>,
  data: JsonObject,
): VisibilityConflict[] {
  const found = new Map<string, VisibilityConflict>();
  for (const [name, own] of schemas) {
    for (const { path, visibility } of leavesOf(own, data)) {
      if (visibility === 'backend') continue;
      const key = path.join('.');
      const at = found.get(key) ?? { key, shownBy: [], secretTo: [] };
      (visibility === 'secret' ? at.secretTo : at.shownBy).push(name);
      found.set(key, at);
    }
  }
  return [...found.values()].filter(({ shownBy, secretTo }) => shownBy.length > 0 && secretTo.length > 0);
}

/** None if that takes too long: such a bundle is rejected elsewhere. */
function leavesOf(schemas: readonly JsonObject[], data: JsonObject): VisibleLeaf[] {
  try {
    return visibilityOf(schemas, data);
  } catch {
    return [];
  }
}
