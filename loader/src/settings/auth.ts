import type { Section } from './section';

/** Which declarations of a plugin open a path, see {@link AuthSettings}. */
const UNAUTHENTICATED = ['declared', 'listed'] as const;

/** What dynamic plugins may open to callers without a session. */
export interface AuthSettings {
  /** `declared`: every `addAuthPolicy` is effective. `listed`: only for paths under `open`. */
  unauthenticated: (typeof UNAUTHENTICATED)[number];
  /** Paths below `/api/<pluginId>` that may be opened, by plugin id; without a prototype. */
  open: Record<string, string[]>;
  /** Paths outside `/api/<pluginId>` that may be mounted, by plugin id; without a prototype. */
  rootRoutes: Record<string, string[]>;
}

/** Reads `dynamicPlugins.auth`. */
export function readAuth(parent: Section): AuthSettings {
  const section = parent.section('auth', ['unauthenticated', 'open', 'rootRoutes']);
  return {
    unauthenticated: section.choice('unauthenticated', UNAUTHENTICATED) ?? 'declared',
    open: section.section('open').record(readPaths),
    rootRoutes: section.section('rootRoutes').record(readPaths),
  };
}

function readPaths(section: Section, pluginId: string): string[] {
  return section.strings(pluginId).filter((path) => {
    if (path.startsWith('/')) return true;
    section.fault(pluginId, `holds '${path}'`, "paths that begin with '/'");
    return false;
  });
}
