import type { Section } from './section';

const MODES = ['warn', 'refuse', 'ignore'] as const;

/** What is done about a bundle whose `backstage.supported-versions` leaves out the release of the portal, or that is later than its app. */
export type VersionMode = (typeof MODES)[number];

/** {@link VersionMode} for all packages, and by package. */
export interface VersionSettings {
  /** What holds for packages that no list names. */
  mode: VersionMode;
  /** Package names by mode; `*` stands for any characters. Of a package that several name, the strictest list counts. */
  warn: string[];
  refuse: string[];
  ignore: string[];
}

/** Without settings, everything is warned of. */
export const DEFAULT_VERSIONS: VersionSettings = { mode: 'warn', warn: [], refuse: [], ignore: [] };

/** Reads `dynamicPlugins.versions`: a mode for all packages, or a section. */
export function readVersions(parent: Section): VersionSettings {
  if (parent.isText('versions')) return { ...DEFAULT_VERSIONS, mode: parent.choice('versions', MODES) ?? 'warn' };
  const section = parent.section('versions', ['mode', ...MODES]);
  return {
    mode: section.choice('mode', MODES) ?? 'warn',
    warn: section.strings('warn'),
    refuse: section.strings('refuse'),
    ignore: section.strings('ignore'),
  };
}
