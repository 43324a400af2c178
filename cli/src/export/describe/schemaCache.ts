import { replaceFile } from '@stagedoor/bundle';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { version } from '../../../package.json';
import type { InstalledPackage } from '../source/installedPackage';

/** JSON schemas compiled from one package's `config.d.ts`, or checked. */
type Schemas = Array<Record<string, unknown>>;

/**
 * Keeps what `compile` gives for a package whose `configSchema` is a file, below `cacheDir`: compiling a `.d.ts` takes
 * TypeScript about a second, longer than everything else, and checking a `.json` takes a quarter of one. A file that
 * imports others is compiled every time.
 */
export async function cachedSchemas(
  pkg: InstalledPackage,
  cacheDir: string | undefined,
  compile: () => Promise<Schemas>,
): Promise<Schemas> {
  const file = cacheDir && (await cacheFile(pkg, cacheDir));
  if (!file) return compile();
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Schemas;
  } catch {
    const schemas = await compile();
    // A cache that cannot be written only costs time.
    await replaceFile(file, JSON.stringify(schemas)).catch(() => undefined);
    return schemas;
  }
}

async function cacheFile({ name, dir, manifest }: InstalledPackage, cacheDir: string): Promise<string | undefined> {
  const { configSchema } = manifest;
  if (typeof configSchema !== 'string') return undefined;
  const text = await readFile(join(dir, configSchema), 'utf8').catch(() => undefined);
  if (text === undefined || /\bimport\b|\brequire\b|^\s*\/\/\/\s*</m.test(text)) return undefined;
  const key = createHash('sha256').update([version, name, configSchema, text].join('\0')).digest('hex');
  return join(cacheDir, `${key}.json`);
}
