import type { BuildFailure } from 'esbuild';
import type { ModuleFacts } from '../analysis/moduleFacts';
import type { Build } from '../bundle/bundleContents';
import type { Decision } from '../plan/decisions';
import type { ExportContext } from '../plan/exportContext';
import type { InstalledPackage } from '../source/installedPackage';

/** A source module of which the build took code, and what its syntax tree says. */
export interface InspectedModule {
  /** Absolute path. */
  file: string;
  owner: InstalledPackage;
  facts: ModuleFacts;
}

/** A build as rules look at it. */
export interface InspectedBuild extends Build {
  /** The modules of all that the build runs: the plugin's code and its scripts. */
  modules(): Promise<readonly InspectedModule[]>;
}

/** Looks at a build and returns what must be decided otherwise. It changes nothing. */
export type Rule = (build: InspectedBuild, context: ExportContext) => Iterable<Decision> | AsyncIterable<Decision>;

/** Looks at a build that failed; no decisions where the rule cannot make it succeed. */
export type FailureRule = (failure: BuildFailure, context: ExportContext) => Decision[] | Promise<Decision[]>;
