import type { Section } from './section';

const MODES = ['allow', 'refuse'] as const;

/** How to treat a build that is older than one that has served. */
export interface DowngradeSettings {
  /** The mode for packages in neither list. */
  mode: (typeof MODES)[number];
  /** Package names; `*` stands for any characters. */
  allow: string[];
  /** As `allow`; a package in both lists is refused. */
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
