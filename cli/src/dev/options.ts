import type { ExportResult } from '../export/result';

/** The packages in development, and the portal. */
export interface DevOptions {
  /** Folder that relative paths are resolved from. */
  cwd: string;
  /** Package folders; without any, the package in `cwd`, or every plugin of the workspace there. */
  packages: readonly string[];
  /** Root directory of a running portal: `dynamicPlugins.rootDirectory`. */
  portal: string;
  /** Ends it. */
  signal: AbortSignal;
  onEvent(event: DevEvent): void;
}

/** Events, in order. */
export type DevEvent =
  /** The bundle is in the root directory; `durationMs` since the change was noticed. */
  | { event: 'built'; drop: string; durationMs: number; result: ExportResult }
  /** There is no bundle of what is written now; what runs in the portal continues. */
  | { event: 'failed'; package: string; error: unknown }
  /** The bundle is in the root directory, and does not start on the test host. */
  | { event: 'unverified'; drop: string; error: unknown }
  | { event: 'watching'; packages: string[]; portal: string };
