import type { Section } from './section';

const MODES = ['allow', 'refuse'] as const;

/** What is done about a build that is older than one that has served. */
export interface DowngradeSettings {
  /** What holds for packages that neither list names. */
  mode: (typeof MODES)[number];
  /** Package names; `*` stands for any characters. */
  allow: string[];
  /** As `allow`; a package that both name is refused. */
  refuse: string[];
}

/** Reads `dynamicPlugins.downgrades`. */
export function readDowngrades(parent: Section): DowngradeSettings {
  const section = parent.section('downgrades', ['mode', 'allow', 'refuse']);
  return {
    mode: section.choice('mode', MODES) ?? 'allow',
    allow: section.strings('allow'),
    refuse: section.strings('refuse'),
  };
}
