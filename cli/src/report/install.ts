import type { MirrorResult } from '../install/mirror/mirror';
import type { InstallProgress } from '../install/options';
import type { InstallResult, InstalledPlugin } from '../install/result';
import { formatBytes } from './size';

const VERBS = {
  added: ['added', 'would add'],
  changed: ['changed', 'would change'],
  kept: ['kept', 'would keep'],
  removed: ['removed', 'would remove'],
} as const;

/** The result of an install, line by line. */
export function installLines({ dryRun, plugins, removed, appConfig, lockFile, ...rest }: InstallResult): string[] {
  const verb = (action: keyof typeof VERBS): string => VERBS[action][dryRun ? 1 : 0].padEnd(dryRun ? 12 : 8);
  const count = (action: InstalledPlugin['action']): number => plugins.filter((one) => one.action === action).length;
  return [
    ...rest.warnings.map((warning) => `warning: ${warning}`),
    ...plugins.map((plugin) => `${verb(plugin.action)} ${plugin.entry ?? plugin.key} ${versionText(plugin)}`.trimEnd()),
    ...removed.map((entry) => `${verb('removed')} ${entry}`),
    ...(appConfig.changed ? [`${dryRun ? 'would write' : 'wrote'} ${appConfig.file}`] : []),
    ...(lockFile.written ? [`locked in ${lockFile.file}`] : []),
    `${count('added')} added, ${count('changed')} changed, ${count('kept')} kept, ${removed.length} removed, ` +
      `${rest.disabled.length} disabled in ${(rest.durationMs / 1000).toFixed(1)} s: ${rest.root}`,
  ];
}

/** The content of a mirror, line by line. */
export function mirrorLines({ out, plugins, disabled, bytes, lockFile, warnings, durationMs }: MirrorResult): string[] {
  return [
    ...warnings.map((warning) => `warning: ${warning}`),
    ...plugins.map(({ name, version }) => `mirrored ${name} ${version}`),
    ...(lockFile.written ? [`locked in ${lockFile.file}`] : []),
    `${plugins.length} mirrored, ${disabled.length} disabled, ${formatBytes(bytes)} ` +
      `in ${(durationMs / 1000).toFixed(1)} s: ${out}`,
  ];
}

/** The current step of an install, as a line. */
export function progressLine(progress: InstallProgress): string {
  switch (progress.step) {
    case 'waiting':
      return 'waiting   for another install that uses this root directory';
    case 'resolving':
      return `resolve   ${progress.plugins} plugins`;
    case 'fetching':
      return `fetch     ${progress.plugins} plugins`;
    case 'bytes':
      return `fetch     ${formatBytes(progress.done)} of ${formatBytes(progress.total)}`;
    case 'fetched': {
      const { done, plugins, package: text, version } = progress;
      return `[${String(done).padStart(String(plugins).length)}/${plugins}] ${text} ${version}`;
    }
  }
}

function versionText({ version, previous, signedBy }: InstalledPlugin): string {
  const versions = previous !== undefined && previous !== version ? `${previous} → ${version ?? '?'}` : (version ?? '');
  return signedBy ? `${versions} (signed by ${signedBy.join(', ')})` : versions;
}
