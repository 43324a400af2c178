import { join } from 'node:path';
import * as z from 'zod';
import { manifestInvalid, formatUnsupported } from './errors';
import { waitingFileSystem, type FileSystem } from './fileSystem';
import { BUNDLE_ROLES, MANIFEST_FILE } from './names';
import { describeIssues } from './packageJson';
import { isBundlePath } from './paths';
import { parseJson } from './parseJson';
import { readBounded } from './readBounded';

/** The format this package reads and writes. */
export const BUNDLE_FORMAT = 1;

const MAX_BYTES = 16 * 1024 * 1024;
const MAX_WRONG_FILES = 10;
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a lower-case hex sha256');

const fileSchema = z.strictObject({
  path: z.string().refine(isBundlePath, 'must be a plain relative path'),
  size: z.number().int().nonnegative(),
  sha256,
});

/** Stops after the first wrong entries: collecting the errors of a long invalid list takes seconds. */
function parseFiles(items: unknown[], context: z.RefinementCtx): BundleFile[] {
  const files: BundleFile[] = [];
  let wrong = 0;
  for (const [index, item] of items.entries()) {
    const parsed = fileSchema.safeParse(item);
    if (parsed.success) files.push(parsed.data);
    else {
      for (const { path, message } of parsed.error.issues)
        context.addIssue({ code: 'custom', path: [index, ...path], message });
      if (++wrong === MAX_WRONG_FILES) break;
    }
  }
  return files;
}

const schema = z.looseObject({
  format: z.literal(BUNDLE_FORMAT),
  name: z.string(),
  version: z.string(),
  role: z.enum(BUNDLE_ROLES),
  /** The source of the bundle. */
  source: z.looseObject({
    name: z.string(),
    version: z.string(),
    lockfile: z.looseObject({ kind: z.enum(['npm', 'yarn-classic', 'yarn-berry', 'pnpm']), sha256 }).optional(),
  }),
  /** Requirements of the host: the shared packages that the bundle imports, with their ranges. */
  host: z.looseObject({
    backstage: z.string().optional(),
    node: z.string().optional(),
    shared: z.record(z.string(), z.string()),
  }),
  /** Findings of the start check during the export; absent if it was skipped. */
  provides: z
    .looseObject({
      pluginIds: z.array(z.string()),
      modules: z.array(z.looseObject({ pluginId: z.string(), moduleId: z.string() })),
      /** Paths below `/api/<pluginId>` that the plugin opens with `addAuthPolicy`. */
      openedRoutes: z.array(
        z.looseObject({
          pluginId: z.string(),
          path: z.string(),
          allow: z.enum(['unauthenticated', 'user-cookie']),
        }),
      ),
      extensionPoints: z.array(z.string()),
      /** Ids of the extensions of a frontend plugin. */
      extensions: z.array(z.string()).optional(),
      /** Plugins and modules whose init the start check did not run, or not to its end: what they open is unknown. */
      unfinished: z
        .array(z.looseObject({ pluginId: z.string(), moduleId: z.string().optional(), why: z.string() }))
        .optional(),
    })
    .optional(),
  /** Present if hoisted packages contain native code. */
  native: z.looseObject({ platform: z.string(), arch: z.string(), abi: z.string() }).optional(),
  files: z.array(z.unknown()).max(100_000).transform(parseFiles),
  /** sha256 over the canonical file list, see `digestOf`. */
  digest: sha256,
  tool: z.looseObject({ name: z.string(), version: z.string() }),
  /**
   * Whether the export started the bundle on a test host; `skipped` with `--no-start-check`.
   * Absent in older bundles, see {@link startCheckOf}.
   */
  startCheck: z.enum(['passed', 'skipped']).optional(),
  /** @deprecated Field of older bundles in place of `startCheck`; newer ones have both: true if that is `passed`. */
  verified: z.boolean().optional(),
});

/** One file of a bundle: `/`-separated path, size in bytes, hex sha256. */
export type BundleFile = z.infer<typeof fileSchema>;

/** The content of `dynamic-bundle.json`, format 1. */
export type BundleManifest = z.infer<typeof schema>;

/**
 * Validates a parsed manifest. Throws FORMAT_UNSUPPORTED for a later format, MANIFEST_INVALID otherwise.
 * `file` is named in errors.
 */
export function parseManifest(value: unknown, file: string): BundleManifest {
  const format = (value as { format?: unknown } | null)?.format;
  if (typeof format === 'number' && format > BUNDLE_FORMAT) {
    throw formatUnsupported(file, format, BUNDLE_FORMAT);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    throw manifestInvalid(file, `: ${describeIssues(parsed.error)}`);
  }
  return parsed.data;
}

/** Reads `<dir>/dynamic-bundle.json`; undefined if there is none (a bundle of another tool). */
export async function readManifest(
  dir: string,
  fs: FileSystem = waitingFileSystem,
): Promise<BundleManifest | undefined> {
  const content = await readManifestBytes(dir, fs);
  return content && parseManifestText(content.toString('utf8'), join(dir, MANIFEST_FILE));
}

/**
 * The bytes of `<dir>/dynamic-bundle.json`; undefined if there is none. Throws MANIFEST_INVALID for anything but a small
 * plain file.
 */
export async function readManifestBytes(dir: string, fs: FileSystem = waitingFileSystem): Promise<Buffer | undefined> {
  const file = join(dir, MANIFEST_FILE);
  const content = await readBounded(file, MAX_BYTES, fs);
  if (content === 'absent') return undefined;
  if (typeof content === 'string') {
    throw manifestInvalid(file, ` is not a file of at most ${MAX_BYTES} bytes.`);
  }
  return content;
}

/** {@link parseManifest} for text. */
export function parseManifestText(text: string, file: string): BundleManifest {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (cause) {
    throw manifestInvalid(file, ` ${(cause as Error).message}`, cause);
  }
  return parseManifest(value, file);
}

/** Whether the export started the bundle on a test host. Bundles of older exports have only `verified`. */
export function startCheckOf({ startCheck, verified }: BundleManifest): 'passed' | 'skipped' {
  return startCheck ?? (verified === true ? 'passed' : 'skipped');
}

/** The manifest as written to disk: two-space JSON, keys in the given order, final newline. */
export function formatManifest(manifest: BundleManifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
