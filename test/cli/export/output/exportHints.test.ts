import { StagedoorError, codes, type ErrorCode } from '@stagedoor/bundle';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tellExportError } from '../../../../cli/src/export/output/exportHints';
import { temporaryFolder } from '../../../../cli/src/temporary/temporaryFolder';
import { repository } from '../../../support/repository';

/** What nobody can do who is exporting. */
const NOT_NOW = /export\b[^.]*\bagain|again with `stagedoor export`|Export the plugin\b|portal process|\bdrop\b/i;
/** What nobody can do who exports a plugin that others have published. */
const NOT_THEIRS = /\bcorrect\b|\bpoint "main"|\badd "backstage"/i;

async function exporterSources(): Promise<string[]> {
  const dirs = ['cli/src/export', 'cli/src/startCheck'].map((dir) => join(repository, dir));
  const files = await Promise.all(
    dirs.map(async (dir) => (await readdir(dir, { recursive: true })).map((file) => join(dir, file))),
  );
  return Promise.all(files.flat().flatMap((file) => (file.endsWith('.ts') ? [readFile(file, 'utf8')] : [])));
}

/** The codes that the sources of the exporter throw. */
async function thrownCodes(): Promise<ErrorCode[]> {
  const sources = (await exporterSources()).filter((text) => !text.includes('const EXPORT_HINTS'));
  const named = sources.flatMap((text) => [...text.matchAll(/'([A-Z][A-Z_]+)'/g)].map(([, code]) => code!));
  return [...new Set(named)].filter((code): code is ErrorCode => code in codes);
}

/** The hints of codes that say what they must not. */
function misleading(found: readonly ErrorCode[], saying: RegExp, published: boolean): string[] {
  return found.flatMap((code) => {
    const { hint } = tellExportError(new StagedoorError(code, 'It failed.'), published) as StagedoorError;
    return saying.test(hint!) ? [`${code}: ${hint}`] : [];
  });
}

describe('The hint of an error that an export ends with', () => {
  test('fits somebody who is exporting, for every code that the exporter throws', async () => {
    const found = await thrownCodes();
    expect(found.length).toBeGreaterThan(20);
    expect(misleading(found, NOT_NOW, false)).toEqual([]);
    expect(misleading(found, NOT_NOW, true)).toEqual([]);
  });

  test('does not ask to correct what others have published', async () => {
    const OF_THE_PLUGIN = /^(?!LOCKFILE|HOST|SOURCE|OUTPUT|WORKSPACE|SETTING)/;
    const found = (await thrownCodes()).filter((code) => OF_THE_PLUGIN.test(code));
    expect(misleading(found, NOT_THEIRS, true)).toEqual([]);
  });

  test('never says to export again where it is written beside the error', async () => {
    for (const text of await exporterSources()) expect(text).not.toMatch(/[`'"].*export again/);
  });

  test('and its message name no temporary folder, also when that is gone', async () => {
    const { dir, dispose } = await temporaryFolder('fetch');
    await dispose();
    const file = join(dir, 'node_modules/a/config.d.ts');
    const details = { files: [file], folder: dir };
    const error = new StagedoorError('SOURCE_UNREADABLE', `${file} cannot be read`, {
      hint: `Look at ${dir}.`,
      details,
    });
    expect(tellExportError(error, true)).toMatchObject({
      message: 'node_modules/a/config.d.ts cannot be read',
      hint: 'Look at a temporary folder.',
      details: { files: ['node_modules/a/config.d.ts'], folder: 'a temporary folder' },
    });
  });
});
