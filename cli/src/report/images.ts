import type { PulledImage } from '../oci/pullImage';
import type { PushedImage } from '../oci/pushImage';
import { formatBytes } from './size';

/** An image that was pushed, line by line. */
export function pushedLines({ reference, tags, plugins, size, uploaded, attached, warnings }: PushedImage): string[] {
  return [
    ...warnings.map((warning) => `warning: ${warning}`),
    `pushed ${reference}`,
    `  tags      ${tags.join(', ')}`,
    `  layer     ${formatBytes(size)}${uploaded ? '' : ', already present'}`,
    ...plugins.map(({ path, name, version }) => `  plugin    ${name}@${version} in ${path}`),
    ...attached.map(({ title }) => `  attached  ${title}`),
  ];
}

/** Bundles that were pulled, line by line. */
export function pulledLines({ reference, plugins, warnings }: PulledImage): string[] {
  return [
    ...warnings.map((warning) => `warning: ${warning}`),
    `pulled ${reference}`,
    ...plugins.map(({ name, version, dir }) => `  plugin    ${name}@${version} to ${dir}`),
  ];
}
