/** A package of an npm registry. */
export interface NpmSpec {
  name: string;
  /** A version, range or tag as written; empty if there is none. */
  range: string;
}

const SPEC = /^((?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*)(?:@(.+))?$/i;

/**
 * Splits `name`, `@scope/name` or `name@range`; undefined for any other text. The forms are those of
 * https://docs.npmjs.com/cli/using-npm/package-spec.
 */
export function parseNpmSpec(text: string): NpmSpec | undefined {
  const [, name, range = ''] = SPEC.exec(text) ?? [];
  return name === undefined ? undefined : { name, range };
}
