import type { StartedBundle } from '../startCheck/messages';
import type { InlinedSummary } from './bundle/bundleContents';
import type { FinishedBundle } from './describe/manifest';
import type { PlacedOutput } from './output/placeOutput';
import type { ExplainedPackage } from './explain/explain';
import type { BundleRole } from '@stagedoor/bundle';

/** What an export gives back; `--json` prints it as it is. */
export interface ExportResult extends StartedBundle, FinishedBundle, PlacedOutput {
  /** Name of the bundle. */
  name: string;
  version: string;
  role: BundleRole;
  /** With `skipped`, plugin ids are those that package.json names, and routes and modules are unknown. */
  startCheck: 'passed' | 'skipped';
  /** @deprecated Use {@link startCheck}; true where that is `passed`. */
  verified: boolean;
  durationMs: number;
  /** Range by shared package that the bundle imports from the host. */
  shared: Record<string, string>;
  /** Packages that were bundled into the output, heaviest first. */
  inlined: InlinedSummary[];
  /** Packages copied to the bundle's node_modules because they cannot be bundled. */
  hoisted: HoistedSummary[];
  /** Override options that mean no package of this plugin, where it is one of several that were exported. */
  unmatched?: string[];
  /** What was asked about with `explain`. */
  explain?: ExplainedPackage[];
}

/** One package that could not be bundled. */
export interface HoistedSummary {
  name: string;
  version: string;
  reason: string;
}
