import type { Config } from '@backstage/config';

/** A key in the form of Backstage's readers; elements of an array have the key of the array. */
const READABLE = /^[a-z][a-z0-9]*(?:[-_:][a-z0-9]+)*$/i;

/**
 * The file that the value of a key came from, for example `app-config.local.yaml`, or `env`; undefined if unknown. A config
 * reveals its files only in the error message about a value of another type.
 */
export function configOrigin(config: Config, path: readonly string[]): string | undefined {
  const parts = path.slice(0, firstIndex(path));
  const key = parts.join('.');
  if (parts.length === 0 || !parts.every((part) => READABLE.test(part))) return undefined;
  for (const read of [() => config.getOptionalString(key), () => config.getOptionalStringArray(key)]) {
    try {
      read();
    } catch (error) {
      const found = / in '([^']+)', got /.exec((error as Error).message);
      if (found) return found[1];
    }
  }
  return undefined;
}

function firstIndex(path: readonly string[]): number {
  const index = path.findIndex((part) => /^\d+$/.test(part));
  return index < 0 ? path.length : index;
}
