import type { Section } from './section';

const OLDER_BUILDS = ['allow', 'refuse'] as const;

/** Whether a build may run on a database that a newer one has migrated. */
export type OlderBuilds = (typeof OLDER_BUILDS)[number];

/** Settings for the databases of plugins. */
export interface DatabaseSettings {
  olderBuilds: OlderBuilds;
}

/** Reads `dynamicPlugins.database`. */
export function readDatabase(parent: Section): DatabaseSettings {
  const section = parent.section('database', ['olderBuilds']);
  return { olderBuilds: section.choice('olderBuilds', OLDER_BUILDS) ?? 'allow' };
}
