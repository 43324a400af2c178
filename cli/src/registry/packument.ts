import { describeIssues, isStagedoorError, parseJson } from '@stagedoor/bundle';
import { rcompare, valid } from 'semver';
import * as z from 'zod';
import { errorText } from '../text/errorText';
import { PACKUMENT_LIMITS } from '../http/limits';
import { readBody } from '../http/readBody';
import { send, type HttpContext } from '../http/send';
import { npmHeaders, withoutUser } from './npmHeaders';
import { listNotFetched, notChosen, registryRefused, versionNotFound } from './errors';
import { registryOf, type NpmSettings } from './npmSettings';

/** What a registry lists of one version. */
export interface ListedVersion {
  version: string;
  /** URL of the archive, as the registry gives it. */
  tarball: string;
  /** Subresource integrity; SHA-1 for old packages, empty where the registry has none. */
  integrity: string;
}

/** A registry, and how it is spoken to. */
export interface RegistryContext extends HttpContext {
  settings: NpmSettings;
}

const NOT_FOUND = new Set(['ETARGET', 'ENOVERSIONS']);
/** What npm asks for: the short form of a packument, and the full one with the times that `before` needs. */
const SHORT = 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*';
const FULL = 'application/json';

const packumentSchema = z.looseObject({ versions: z.looseObject({}).optional() });
const versionSchema = z.looseObject({
  version: z.string().refine((text) => valid(text) !== null, 'must be a version'),
  dist: z.looseObject({
    tarball: z.url({ protocol: /^https?$/ }),
    integrity: z.string().optional(),
    shasum: z
      .string()
      .regex(/^[0-9a-f]{40}$/)
      .optional(),
  }),
});

const ranges = z.record(z.string(), z.string()).optional();
const listSchema = z.looseObject({
  'dist-tags': ranges,
  time: ranges,
  versions: z
    .record(
      z.string(),
      z.looseObject({
        version: z.string().refine((text) => valid(text) !== null),
        dependencies: ranges,
        peerDependencies: ranges,
        deprecated: z.unknown(),
      }),
    )
    .optional(),
});

/**
 * Finds the version of a package that a range, version or tag means, in what its registry lists. Throws
 * PACKAGE_NOT_FOUND, FETCH_FAILED, DOWNLOAD_TOO_SLOW, CA_INVALID.
 */
export async function findVersion(name: string, range: string, context: RegistryContext): Promise<ListedVersion> {
  const spec = `${name}@${range}`;
  const { default: pickManifest } = await import('npm-pick-manifest');
  const packument = await fetchPackument(name, context);
  let picked: unknown;
  try {
    picked = pickManifest(packument, range, context.settings);
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    throw NOT_FOUND.has(code) ? versionNotFound(spec, cause as Error) : notChosen(spec, message, cause);
  }
  const parsed = versionSchema.safeParse(picked);
  if (!parsed.success) {
    throw notChosen(spec, `the registry lists ${describeIssues(parsed.error)}`);
  }
  const { version, dist } = parsed.data;
  const sha1 = dist.shasum === undefined ? '' : `sha1-${Buffer.from(dist.shasum, 'hex').toString('base64')}`;
  return { version, tarball: new URL(dist.tarball).href, integrity: dist.integrity ?? sha1 };
}

/** A version of a package, with what it depends on. */
export interface PublishedVersion {
  version: string;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

/** What a registry lists of a package. */
export interface ListedPackage {
  /** Versions by tag. */
  tags: Record<string, string>;
  /** Without those that the settings rule out (`before`), newest first. */
  versions: PublishedVersion[];
}

/**
 * Lists the versions of a package with what they depend on. Deprecated ones are left out unless all are. Throws
 * PACKAGE_NOT_FOUND, FETCH_FAILED, DOWNLOAD_TOO_SLOW, CA_INVALID.
 */
export async function listPackage(name: string, context: RegistryContext): Promise<ListedPackage> {
  const packument = (await fetchPackument(name, context)) as z.infer<typeof listSchema>;
  const { 'dist-tags': tags = {}, versions = {}, time = {} } = listSchema.parse(packument);
  const before = context.settings.before instanceof Date ? context.settings.before : undefined;
  const listed = Object.values(versions)
    .filter(({ version }) => !before || new Date(time[version] ?? 0) <= before)
    .sort((a, b) => rcompare(a.version, b.version));
  const maintained = listed.filter(({ deprecated }) => !deprecated);
  return { tags, versions: maintained.length > 0 ? maintained : listed };
}

async function fetchPackument(name: string, { settings, ...context }: RegistryContext): Promise<object> {
  const url = new URL(name.replace('/', '%2f'), registryOf(name, settings));
  const own = await npmHeaders(url, { settings, name, insecure: context.insecure });
  const headers = { ...own, accept: settings.before ? FULL : SHORT };
  const shown = `${url.href}: the list of versions`;
  try {
    const response = await send(withoutUser(url), { headers }, context);
    if (!response.ok) {
      await response.body?.cancel();
      throw registryRefused(url.href, response);
    }
    const bytes = await readBody(response, { shown, limits: PACKUMENT_LIMITS, tooLarge: 'FETCH_FAILED' });
    return packumentSchema.parse(parseJson(bytes.toString('utf8')));
  } catch (cause) {
    context.signal?.throwIfAborted();
    if (isStagedoorError(cause)) throw cause;
    throw listNotFetched(shown, errorText(cause), cause);
  }
}
