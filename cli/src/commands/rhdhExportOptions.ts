import type { Options } from 'yargs';

/** A flag of `rhdh-cli plugin export` or `janus-cli package export-dynamic-plugin`, and why it has no effect here. */
interface ForeignFlag {
  type: 'boolean' | 'string' | 'array';
  /** The spelling that has an effect there. */
  written: string;
  note: string;
}

const FLAGS: Record<string, ForeignFlag> = {
  minify: { type: 'boolean', written: '--minify', note: 'code stays readable, for stack traces' },
  'embed-package': {
    type: 'array',
    written: '--embed-package',
    note: 'packages of the workspace are bundled anyway',
  },
  'shared-package': {
    type: 'array',
    written: '--shared-package',
    note: 'packages that the host shares are known; for others use --shared',
  },
  'override-interop': {
    type: 'array',
    written: '--override-interop',
    note: 'modules are bundled as Node.js loads them',
  },
  'allow-native-package': {
    type: 'array',
    written: '--allow-native-package',
    note: 'native packages are copied anyway',
  },
  'suppress-native-package': {
    type: 'array',
    written: '--suppress-native-package',
    note: 'an optional native package that cannot be copied is left out anyway',
  },
  'ignore-version-check': {
    type: 'array',
    written: '--ignore-version-check',
    note: 'the versions of the lockfile are bundled',
  },
  install: { type: 'boolean', written: '--no-install', note: 'nothing is installed' },
  build: { type: 'boolean', written: '--no-build', note: 'the source is bundled as it is' },
  clean: { type: 'boolean', written: '--clean', note: 'the output is always replaced' },
  dev: { type: 'boolean', written: '--dev', note: 'use `stagedoor dev` to try a plugin in a running portal' },
  'dynamic-plugins-root': {
    type: 'string',
    written: '--dynamic-plugins-root',
    note: 'use --out to name the folder of the bundle',
  },
  'in-place': { type: 'boolean', written: '--in-place', note: 'use --out to name the folder of the bundle' },
  'scalprum-config': {
    type: 'string',
    written: '--scalprum-config',
    note: 'the exposed modules of a frontend are read from its package.json',
  },
  'track-dynamic-manifest-and-lock-file': {
    type: 'boolean',
    written: '--track-dynamic-manifest-and-lock-file',
    note: 'the lockfile of the package itself is used',
  },
  'generate-scalprum-assets': {
    type: 'boolean',
    written: '--generate-scalprum-assets',
    note: 'frontends are built for module federation',
  },
  'generate-module-federation-assets': {
    type: 'boolean',
    written: '--generate-module-federation-assets',
    note: 'frontends are built for module federation',
  },
};

/** Options that scripts for those command lines pass: accepted, and hidden in help. */
export const rhdhExportOptions: Record<string, Options> = Object.fromEntries(
  Object.entries(FLAGS).map(([name, { type }]) => [
    name,
    { ...(type === 'array' ? { type: 'string', array: true } : { type }), hidden: true } satisfies Options,
  ]),
);

/** One sentence for each of those options among the arguments of a command. */
export function rhdhExportNotes(args: Record<string, unknown>): string[] {
  return Object.entries(FLAGS)
    .filter(([name]) => args[name] !== undefined)
    .map(([, { written, note }]) => `note: ${written} has no effect: ${note}.`);
}
