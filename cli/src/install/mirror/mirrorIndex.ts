import { describeIssues, parseJson, readBounded } from '@stagedoor/bundle';
import { join } from 'node:path';
import * as z from 'zod';
import { isDigest } from '../../digest/digests';
import { mirrorInvalid } from '../errors';
import { resolvedSchema } from '../root/store';

/** The file that says what a mirror holds. */
export const MIRROR_INDEX = 'mirror.json';
const MAX_BYTES = 16 * 1024 * 1024;

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256 in hex');

const schema = z.object({
  format: z.literal(1),
  /** Digests of the images of catalog indexes, by their names. */
  catalogs: z.record(z.string(), z.string().refine(isDigest, 'must be a digest, e.g. sha256 in hex')).optional(),
  packages: z.array(
    z.object({
      /** As the list names it, references replaced. */
      package: z.string(),
      resolved: resolvedSchema,
      /** The archive that it is in; of an image, the digest in `resolved` leads to everything. */
      archive: digest.optional(),
    }),
  ),
});

/** What a mirror says that it holds. */
export type MirrorIndex = z.infer<typeof schema>;

/** A package of a mirror. */
export type MirroredPackage = MirrorIndex['packages'][number];

/** Reads the index of an untrusted mirror. Throws MIRROR_INVALID. */
export async function readMirrorIndex(dir: string): Promise<MirrorIndex> {
  const file = join(dir, MIRROR_INDEX);
  const bytes = await readBounded(file, MAX_BYTES);
  if (!Buffer.isBuffer(bytes)) throw mirrorInvalid(file, ` is ${bytes}.`);
  let value: unknown;
  try {
    value = parseJson(bytes.toString('utf8'));
  } catch (cause) {
    throw mirrorInvalid(file, ` ${(cause as Error).message}`, cause);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw mirrorInvalid(file, `: ${describeIssues(parsed.error)}`);
}

/** The text of an index, its packages sorted; equal packages give equal bytes. */
export function formatMirrorIndex(
  packages: readonly MirroredPackage[],
  catalogs: ReadonlyMap<string, string> = new Map(),
): string {
  const sorted = [...packages].sort((a, b) => (a.package < b.package ? -1 : 1));
  const named = Object.fromEntries([...catalogs].sort(([a], [b]) => (a < b ? -1 : 1)));
  const index: MirrorIndex = { format: 1, ...(catalogs.size > 0 && { catalogs: named }), packages: sorted };
  return `${JSON.stringify(index, null, 2)}\n`;
}
