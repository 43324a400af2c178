import { describeIssues, isBundlePath, parseJson, type PackageJson } from '@stagedoor/bundle';
import * as z from 'zod';
import { imageInvalid } from './errors';

/** The annotation in which RHDH's command line lists the plugins of an image. */
export const DYNAMIC_PACKAGES = 'io.backstage.dynamic-packages';

/** What RHDH copies of a package.json; see `package-dynamic-plugins` of its command line. */
const COPIED = [
  'name',
  'version',
  'description',
  'backstage',
  'homepage',
  'repository',
  'license',
  'maintainers',
  'author',
  'bugs',
  'keywords',
];

const schema = z.array(
  z.record(
    z.string().refine(isBundlePath, 'must be a plain relative path'),
    z.looseObject({ name: z.string().optional(), version: z.string().optional() }),
  ),
);

/** A plugin of an image. */
export interface DynamicPackage {
  /** Its folder in the image. */
  folder: string;
  version?: string;
}

/** What the list of an image says of its plugins, as `index.json` beside them holds it too. */
export function formatPlugins(plugins: ReadonlyArray<{ folder: string; packageJson: PackageJson }>): string {
  return JSON.stringify(
    plugins.map(({ folder, packageJson }) => {
      const copied = COPIED.filter((field) => packageJson[field] !== undefined);
      return { [folder]: Object.fromEntries(copied.map((field) => [field, packageJson[field]])) };
    }),
  );
}

/** The plugins that an image lists; undefined if it has no such annotation. Throws IMAGE_INVALID. */
export function dynamicPackages(
  annotations: Record<string, string> | undefined,
  image: string,
): DynamicPackage[] | undefined {
  const encoded = annotations?.[DYNAMIC_PACKAGES];
  if (encoded === undefined) return undefined;
  let value: unknown;
  try {
    value = parseJson(Buffer.from(encoded, 'base64').toString('utf8'));
  } catch (cause) {
    throw imageInvalid(image, `: ${DYNAMIC_PACKAGES} ${(cause as Error).message}`, cause);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    throw imageInvalid(image, `: ${DYNAMIC_PACKAGES}: ${describeIssues(parsed.error)}`);
  }
  return parsed.data.flatMap((entry) =>
    Object.entries(entry).map(([folder, { version }]) => ({ folder, ...(version !== undefined && { version }) })),
  );
}
