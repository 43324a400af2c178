import type { ErrorCode } from '@stagedoor/bundle';

/** A path that a plugin opens with `addAuthPolicy`, relative to `/api/<pluginId>`. */
export interface OpenedRoute {
  pluginId: string;
  path: string;
  allow: 'unauthenticated' | 'user-cookie';
}

/** A plugin or module that the start check did not start, or not to the end of its init: routes that it opens are unknown. */
export interface Unfinished {
  pluginId: string;
  moduleId?: string;
  why: string;
}

/** What was learnt of a bundle by loading it and starting it on the test host. */
export interface StartedBundle {
  /** Ids of the plugins that the bundle registers, in the order of registration. */
  pluginIds: string[];
  /** The modules that the bundle registers, also those for plugins of other packages. */
  modules: Array<{ pluginId: string; moduleId: string }>;
  openedRoutes: OpenedRoute[];
  /** What was not started to the end; absent where all was. */
  unfinished?: Unfinished[];
  /** Ids of the extension points that the bundle provides, or that its modules ask for; sorted. */
  extensionPoints: string[];
  /** Ids of the extensions of a frontend plugin, sorted; absent for what runs in a backend. */
  extensions?: string[];
  /** What the export succeeds in spite of, one line each. */
  warnings: string[];
}

/** What was learnt of a frontend plugin by loading it in a document without a screen. */
export interface StartedFrontend extends StartedBundle {
  extensions: string[];
  /** The modules that have a feature as their default export: `.`, `./alpha`. */
  exposes: string[];
}

/** Why a bundle failed, in a shape that crosses a process boundary. */
export interface Failure {
  code: ErrorCode;
  message: string;
  hint?: string;
  details?: Record<string, unknown>;
  /** What was thrown, paths relative to the bundle; `missing` is the package or file that MODULE_NOT_FOUND names. */
  cause?: { message: string; stack?: string; missing?: string };
  /** The same with all its causes, as far as hints go by it. */
  thrown?: ThrownFacts;
}

/** A thrown error and its causes, without stacks. */
export interface ThrownFacts {
  name?: string;
  code?: string;
  message?: string;
  cause?: ThrownFacts;
}

/** What the clean child process tells its parent. */
export type ChildMessage =
  | { type: 'step'; step: string }
  | { type: 'network'; target: string }
  | { type: 'passed'; started: StartedBundle }
  | { type: 'failed'; failure: Failure };
