import type { VerifiedBundle } from '../startCheck/messages';
import type { ExplainedPackage } from './explain/explain';
import type { BundleRole } from '@stagedoor/bundle';

/** What an export gives back; `--json` prints it as it is. */
export interface ExportResult extends VerifiedBundle {
  /** Name of the bundle. */
  name: string;
  version: string;
  role: BundleRole;
  /** False with `--no-verify`; plugin ids are then those that package.json names, routes and modules unknown. */
  verified: boolean;
  /** Absolute path of the bundle folder. */
  path: string;
  /** Absolute path of the `.tgz`, with its `sha512-…` integrity, where one was asked for. */
  archive?: string;
  integrity?: string;
  /** sha256 over the canonical file list. */
  digest: string;
  /** Size of all files, and their number. */
  bytes: number;
  files: number;
  durationMs: number;
  /** Range by shared package that the bundle imports from the host. */
  shared: Record<string, string>;
  /** Packages that were bundled into the output, heaviest first. */
  inlined: InlinedSummary[];
  /** Packages copied to the bundle's node_modules because they cannot be bundled. */
  hoisted: HoistedSummary[];
  /** What was asked about with `explain`. */
  explain?: ExplainedPackage[];
}

/** One inlined package; `bytes` is its share of the output. */
export interface InlinedSummary {
  name: string;
  version: string;
  bytes: number;
}

/** One package that could not be bundled. */
export interface HoistedSummary {
  name: string;
  version: string;
  reason: string;
}
