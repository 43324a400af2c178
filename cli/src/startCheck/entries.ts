import { StagedoorError, isInside } from '@stagedoor/bundle';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { BundleEntry } from './task';

/**
 * The entry files of a bundle in the order in which hosts try them: that of `alpha/package.json` where there is one,
 * then the bundle's own. Throws MAIN_MISSING, MAIN_OUTSIDE, PACKAGE_JSON_INVALID; `name` is for the message.
 */
export async function entriesOf(bundleDir: string, name: string): Promise<BundleEntry[]> {
  const dirs = [join(bundleDir, 'alpha'), bundleDir].filter((dir) => existsSync(join(dir, 'package.json')));
  return Promise.all(dirs.map((dir) => entryIn(dir, bundleDir, name)));
}

async function entryIn(dir: string, bundleDir: string, name: string): Promise<BundleEntry> {
  const { main, type } = await readFields(join(dir, 'package.json'));
  const path = resolve(dir, main ?? 'index.js');
  if (!isInside(bundleDir, path)) throw new StagedoorError('MAIN_OUTSIDE', `main of ${name} leads out of it: ${main}`);
  const file = [path, `${path}.js`, join(path, 'index.js')].find(
    (candidate) => /\.\w+$/.test(candidate) && existsSync(candidate),
  );
  if (!file) throw new StagedoorError('MAIN_MISSING', `main of ${name} does not exist: ${main ?? 'index.js'}`);
  return { file, esm: file.endsWith('.mjs') || (type === 'module' && !file.endsWith('.cjs')) };
}

async function readFields(file: string): Promise<{ main?: string; type?: string }> {
  try {
    const { main, type } = JSON.parse(await readFile(file, 'utf8')) as { main?: unknown; type?: unknown };
    return { ...(typeof main === 'string' && { main }), ...(typeof type === 'string' && { type }) };
  } catch (cause) {
    throw new StagedoorError('PACKAGE_JSON_INVALID', `${file} is not JSON: ${(cause as Error).message}`, { cause });
  }
}
