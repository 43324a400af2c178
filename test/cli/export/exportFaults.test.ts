import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesOf, fixturePackage, stagedoor } from './exportSupport';

interface Fault {
  fixture: string;
  code: string;
  /** What the message must say. */
  says: RegExp;
  /** What the remedy must say. */
  hints: RegExp;
}

const faults: Fault[] = [
  {
    fixture: 'no-package-json',
    code: 'PACKAGE_JSON_MISSING',
    says: /contains no package\.json/,
    hints: /package folder/,
  },
  {
    fixture: 'no-role',
    code: 'ROLE_MISSING',
    says: /@fixture\/no-role.*no backstage\.role/,
    hints: /"backend-plugin"/,
  },
  { fixture: 'wrong-role', code: 'ROLE_UNSUPPORTED', says: /"web-library"/, hints: /frontend-plugin/ },
  {
    fixture: 'main-missing',
    code: 'MAIN_MISSING',
    says: /dist\/index\.cjs\.js does not exist/,
    hints: /src\/index\.ts/,
  },
  {
    fixture: 'main-outside',
    code: 'MAIN_OUTSIDE',
    says: /\.\.\/elsewhere\.js leads out/,
    hints: /a file of the package/,
  },
  {
    fixture: 'build-error',
    code: 'BUILD_FAILED',
    says: /src\/index\.ts:2:35: Expected "\)"[^]*2 \| export default createPlugin\(answer;\n\s+\^/,
    hints: /named file and line/,
  },
  {
    fixture: 'import-of-missing-file',
    code: 'BUILD_FAILED',
    says: /src\/index\.ts:1:\d+: Could not resolve "\.\/gone"/,
    hints: /named file and line/,
  },
  { fixture: 'create-router-only', code: 'LEGACY_BACKEND', says: /createRouter/, hints: /createBackendPlugin/ },
  {
    fixture: 'dependency-not-installed',
    code: 'DEPENDENCY_NOT_INSTALLED',
    says: /nowhere-to-be-found is not installed; @fixture\/dependency-not-installed imports it/,
    hints: /`npm install` in/,
  },
  {
    fixture: 'dependency-not-declared',
    code: 'DEPENDENCY_NOT_INSTALLED',
    says: /nowhere-to-be-found is not installed; @fixture\/dependency-not-declared imports it/,
    hints: /`npm install nowhere-to-be-found` in/,
  },
  {
    fixture: 'config-schema-broken',
    code: 'CONFIG_SCHEMA_INVALID',
    says: /config\.schema\.json/,
    hints: /configSchema/,
  },
];

describe('An export that cannot succeed', () => {
  it.each(faults)('says $code for $fixture, exits with 1 and leaves nothing behind', async (fault) => {
    const dir = await fixturePackage(fault.fixture);
    const before = await filesOf(dir);
    const { code, stdout, stderr } = await stagedoor(dir, 'export', '--json');
    expect(code).toBe(1);
    const { error } = JSON.parse(stdout) as { error: { code: string; message: string; hint: string } };
    expect(error.code).toBe(fault.code);
    expect(error.message).toMatch(fault.says);
    expect(error.hint).toMatch(fault.hints);
    expect(stderr).toContain(`error ${fault.code}: ${error.message}\nhint: ${error.hint}\n`);
    expect(await filesOf(dir)).toEqual(before);
    expect((await readdir(dirname(dir))).sort()).toEqual(['node_modules', 'plugin']);
  });

  it('does not touch the bundle that an earlier export made', async () => {
    const dir = await fixturePackage('own-files');
    expect((await stagedoor(dir, 'export', '--no-start-check')).code).toBe(0);
    const before = await filesOf(dir);
    await writeFile(join(dir, 'src/index.ts'), 'export default createPlugin(');
    expect((await stagedoor(dir, 'export')).code).toBe(1);
    expect(await filesOf(dir)).toEqual(before);
  });

  it('refuses an output folder that holds something else than a bundle', async () => {
    const dir = await fixturePackage('own-files');
    await mkdir(join(dir, 'precious'));
    await writeFile(join(dir, 'precious/data.txt'), 'keep');
    const { code, stderr } = await stagedoor(dir, 'export', '--no-start-check', '--out', 'precious');
    expect(code).toBe(1);
    expect(stderr).toMatch(/error OUTPUT_NOT_A_BUNDLE: .*precious/);
    expect(await readdir(join(dir, 'precious'))).toEqual(['data.txt']);
  });

  it('says OUTPUT_UNWRITABLE where no folder can be made', async () => {
    const dir = await fixturePackage('own-files');
    await writeFile(join(dir, 'a-file'), '');
    const { code, stderr } = await stagedoor(dir, 'export', '--no-start-check', '--out', 'a-file/below');
    expect(code).toBe(1);
    expect(stderr).toMatch(/error OUTPUT_UNWRITABLE: .*a-file/);
  });

  it('removes the folders it made above an output that did not come to be', async () => {
    const dir = await fixturePackage('build-error');
    expect((await stagedoor(dir, 'export', '--out', 'new/folder/bundle')).code).toBe(1);
    expect((await readdir(dir)).sort()).toEqual(['package.json', 'src']);
  });
});

describe('A command line that is not understood', () => {
  it.each([
    [['export', '--ouput', 'x'], /ouput\nhint: Did you mean --out\?/],
    [['export', 'not a package name'], /neither a path nor a package name/],
    [['exprot'], /exprot\nhint: Did you mean export\?/],
    [['plugins', 'relaod', 'x'], /hint: Did you mean reload\?/],
    [['plugins', 'wait', 'x', '--timeout', 'abc'], /--timeout takes a positive number/],
  ])('%j is answered with USAGE', async (args, says) => {
    const dir = await fixturePackage('own-files');
    const { code, stderr } = await stagedoor(dir, ...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error USAGE: /);
    expect(stderr).toMatch(says);
    expect(stderr).toMatch(/hint: /);
  });

  it('names the options that are accepted', async () => {
    const dir = await fixturePackage('own-files');
    const { stderr } = await stagedoor(dir, 'export', '--ouput', 'x');
    for (const option of ['--out', '--pack', '--no-start-check', '--json']) expect(stderr).toContain(option);
  });
});
