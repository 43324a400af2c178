import type { MirrorResult } from '../install/mirror/mirror';
import { formatBytes } from './size';

/** What a mirror holds, line by line. */
export function mirrorLines({ out, plugins, disabled, bytes, lockFile, warnings, durationMs }: MirrorResult): string[] {
  return [
    ...warnings.map((warning) => `warning: ${warning}`),
    ...plugins.map(({ name, version }) => `mirrored ${name} ${version}`),
    ...(lockFile.written ? [`locked in ${lockFile.file}`] : []),
    `${plugins.length} mirrored, ${disabled.length} disabled, ${formatBytes(bytes)} ` +
      `in ${(durationMs / 1000).toFixed(1)} s: ${out}`,
  ];
}
