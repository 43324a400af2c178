import type { InstalledPackage } from './installedPackage';

/** A package that stays an import of the bundle although the host does not share it. */
export interface Exclusion {
  /** `hoisted`: copied to the bundle's node_modules; `absent`: optional and not there, a guarded import stays one. */
  kind: 'hoisted' | 'absent';
  /** Why, as one clause for people, e.g. `loads a native addon`. */
  reason: string;
  /** The hoisted package. */
  package?: InstalledPackage;
}

/** What a build leaves out and answers for, found out build by build. */
export interface Decisions {
  /** By package name. */
  excluded: Map<string, Exclusion>;
  /** Inlined packages whose asset files travel, by name. */
  embedded: Map<string, InstalledPackage>;
}

/** Nothing left out yet. */
export function noDecisions(): Decisions {
  return { excluded: new Map(), embedded: new Map() };
}
