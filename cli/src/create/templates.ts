import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The folder of this package: built code lies in its `dist`. */
export const PACKAGE_DIR = join(__dirname, '..');

/**
 * The files of a template by path, `__word__` replaced by the value of `word` in names and text. Throws on a word
 * without a value.
 */
export async function fillTemplate(name: string, values: Record<string, string>): Promise<Map<string, string>> {
  const dir = join(PACKAGE_DIR, 'templates', name);
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const fill = (text: string): string =>
    text.replace(/__([a-z]+(?:[A-Z][a-z]+)*)__/g, (_, word: string) => {
      const value = values[word];
      if (value === undefined) throw new Error(`The template ${name} uses ${word}, which has no value.`);
      return value;
    });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = async (file: string): Promise<[string, string]> => [
    fill(file.slice(dir.length + 1).replaceAll('\\', '/')),
    fill(await readFile(file, 'utf8')),
  ];
  return new Map(await Promise.all(files.sort().map(read)));
}
