import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { packageJsonInvalid, packageJsonMissing } from './errors';
import { waitingFileSystem, type FileSystem } from './fileSystem';
import { parseJson } from './parseJson';
import { readBounded } from './readBounded';

const MAX_BYTES = 1024 * 1024;

const stringMap = z.record(z.string(), z.string());

/** The fields of package.json that packaging and loading read; the rest is kept as it is. */
const schema = z.looseObject({
  name: z
    .string()
    .max(214)
    .regex(/^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-zA-Z0-9~-][a-zA-Z0-9._~-]*$/, 'must be an npm package name'),
  version: z.string().max(256),
  description: z.string().optional(),
  license: z.string().optional(),
  main: z.string().optional(),
  type: z.enum(['module', 'commonjs']).optional(),
  exports: z.unknown().optional(),
  files: z.array(z.string()).optional(),
  configSchema: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  publishConfig: z.looseObject({}).optional(),
  backstage: z
    .looseObject({
      role: z.string().optional(),
      pluginId: z.string().optional(),
      'supported-versions': z.string().optional(),
    })
    .optional(),
  dependencies: stringMap.optional(),
  peerDependencies: stringMap.optional(),
  optionalDependencies: stringMap.optional(),
});

/** A validated package.json. */
export type PackageJson = z.infer<typeof schema>;

/**
 * Reads and validates `<dir>/package.json`, and reports all errors at once. Throws PACKAGE_JSON_MISSING or
 * PACKAGE_JSON_INVALID.
 */
export async function readPackageJson(dir: string, fs: FileSystem = waitingFileSystem): Promise<PackageJson> {
  const file = join(dir, 'package.json');
  const content = await readBounded(file, MAX_BYTES, fs);
  if (content === 'absent' || content === 'not-a-file') {
    throw packageJsonMissing(dir);
  }
  if (content === 'too-large') {
    throw packageJsonInvalid(file, ` is larger than the limit of ${MAX_BYTES} bytes.`);
  }
  return parsePackageJson(content.toString('utf8'), file);
}

/** {@link readPackageJson} of a package that is installed in `dir`, without waiting. */
export function readPackageJsonSync(dir: string): PackageJson {
  const file = join(dir, 'package.json');
  return parsePackageJson(readFileSync(file, 'utf8'), file);
}

/** {@link readPackageJson} for text already read; `file` is named in errors. */
export function parsePackageJson(text: string, file: string): PackageJson {
  let value: unknown;
  try {
    value = parseJson(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw packageJsonInvalid(file, ` ${(cause as Error).message}`, cause);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    throw packageJsonInvalid(file, `: ${describeIssues(parsed.error)}`);
  }
  return parsed.data;
}

/** How many issues are named: an invalid manifest may have one for each file. */
const MAX_ISSUES = 20;

/** Zod issues as one line: `path: message; path: message`. */
export function describeIssues(error: z.ZodError): string {
  const { issues } = error;
  const named = issues.slice(0, MAX_ISSUES).map(({ path, message }) => {
    const where = path.map(String).join('.') || '(top)';
    return `${shorten(where)}: ${shorten(message)}`;
  });
  const more = issues.length > MAX_ISSUES ? [`and ${issues.length - MAX_ISSUES} more`] : [];
  return [...named, ...more].join('; ');
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
