import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { create } from 'tar';
import { describe, expect, test } from 'vitest';
import { faultsOf } from '../../scripts/release/check.mjs';
import { inDependencyOrder } from '../../scripts/release/packages.mjs';
import { packedManifest } from '../../scripts/release/packedManifest.mjs';
import { runProcess } from '../support/childProcess';
import { repository } from '../support/repository';
import { tempDir } from '../support/tempDir';

const release = join(repository, 'scripts/release.mjs');

describe('npm run release', () => {
  test('is refused until it is said where the project lives', async () => {
    const { code, stdout, stderr } = await runProcess(process.execPath, [release]);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('scripts/release/project.json does not say where the project lives');
    expect(stderr).toContain('Not set: repository, homepage, bugs.');
    expect(stderr).toContain('hint: Replace <owner> and <repository>');
  });

  test('is refused for an address that is not https', async () => {
    const project = join(await tempDir(), 'project.json');
    const https = 'https://git.example.com/acme/stagedoor';
    await writeFile(project, JSON.stringify({ repository: 'git@example.com:acme', homepage: https, bugs: https }));
    const { code, stderr } = await runProcess(process.execPath, [release, '--project', project]);
    expect(code).toBe(1);
    expect(stderr).toContain('"repository" is not an https address');
  });

  test('names the options that it takes', async () => {
    const { code, stderr } = await runProcess(process.execPath, [release, '--dry']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: Unknown option '--dry'.*\n {2}hint: .*--dry-run/);
  });
});

describe('The package.json that is packed', () => {
  const options = { folder: 'loader', siblings: new Map([['@acme/bundle', '1.2.3']]) };

  test('names declarations where the workspace names sources, for all ways to resolve them', () => {
    const manifest = {
      types: 'src/index.ts',
      exports: {
        '.': { types: './src/index.ts', default: './dist/index.cjs.js' },
        './health': { types: './src/a/health.tsx', default: './dist/a/health.cjs.js' },
        './package.json': './package.json',
      },
    };
    expect(packedManifest(manifest, options)).toMatchObject({
      types: 'dist/index.d.ts',
      exports: {
        '.': { types: './dist/index.d.ts', default: './dist/index.cjs.js' },
        './health': { types: './dist/a/health.d.ts', default: './dist/a/health.cjs.js' },
        './package.json': './package.json',
      },
      typesVersions: { '*': { health: ['dist/a/health.d.ts'] } },
    });
  });

  test('takes the fields of publishConfig that npm does not apply, and leaves it the others', () => {
    const publishConfig = { access: 'public', tag: 'next', main: 'dist/index.esm.js' };
    const packed = packedManifest({ main: 'src/index.ts', publishConfig }, options);
    expect(packed).toMatchObject({ main: 'dist/index.esm.js', publishConfig: { access: 'public', tag: 'next' } });
    expect(packed.publishConfig).not.toHaveProperty('main');
  });

  test('wants siblings in the range of their version, and nothing that is built in', () => {
    const dependencies = { '@acme/bundle': '1.2.3', express: '^4.0.0', yargs: '^17.0.0' };
    const manifest = { dependencies, devDependencies: { x: '1' }, scripts: { build: 'x' } };
    const packed = packedManifest(manifest, { ...options, left: ['yargs'] });
    expect(packed).toEqual({ dependencies: { '@acme/bundle': '^1.2.3', express: '^4.0.0' }, publishConfig: {} });
  });
});

describe('The order of packages', () => {
  const pkg = (name: string, ...needed: string[]) => ({
    manifest: { name, dependencies: Object.fromEntries(needed.map((each) => [each, '1'])) },
  });

  test('has each after those that it depends on', () => {
    const ordered = inDependencyOrder([pkg('c', 'b', 'react'), pkg('b', 'a'), pkg('a')]);
    expect(ordered.map(({ manifest }) => manifest.name)).toEqual(['a', 'b', 'c']);
  });

  test('is refused for packages that depend on each other', () => {
    expect(() => inDependencyOrder([pkg('a', 'b'), pkg('b', 'a')])).toThrow('a → b → a');
  });
});

test('the check of an archive finds what is missing, what publint finds and types that do not resolve', async () => {
  const dir = await tempDir();
  const manifest = {
    name: '@acme/faulty',
    version: '1.0.0',
    type: 'commonjs',
    main: 'dist/index.js',
    types: 'dist/index.d.ts',
    exports: { '.': { default: './dist/index.js', types: './dist/index.d.ts' }, './lost': './dist/lost.js' },
  };
  const files = {
    'package.json': JSON.stringify(manifest),
    'dist/index.js': 'module.exports = 1;',
    'dist/index.d.ts': `import { Express } from 'express';\nexport default Express;`,
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, 'package', path)), { recursive: true });
    await writeFile(join(dir, 'package', path), text);
  }
  await create({ file: join(dir, 'faulty.tgz'), cwd: dir, gzip: true }, ['package']);
  const faults = (await faultsOf(join(dir, 'faulty.tgz'))).join('\n');
  expect(faults).toContain('package.json has no "license"');
  expect(faults).toContain('README.md is missing');
  expect(faults).toContain('dist/index.d.ts imports express, which is not a dependency');
  expect(faults).toContain('publint: EXPORTS_TYPES_SHOULD_BE_FIRST');
  expect(faults).toContain('publint: FILE_DOES_NOT_EXIST');
  expect(faults).toMatch(/types: \w+ \.\/lost/);
});

test('a changeset becomes the version and the changelog of all packages that are published', async () => {
  const dir = await tempDir();
  const { workspaces } = await readJson<{ workspaces: string[] }>('package.json');
  for (const path of ['package.json', '.changeset', ...workspaces.map((folder) => `${folder}/package.json`)]) {
    await cp(join(repository, path), join(dir, path), { recursive: true });
  }
  const text = `---\n'@stagedoor/loader': minor\n---\n\nPlugins end with their process.\n`;
  await writeFile(join(dir, '.changeset/a-change.md'), text);
  const before = (await readJson<{ version: string }>('loader/package.json')).version;
  const changeset = join(repository, 'node_modules/@changesets/cli/bin.js');
  const { code, stderr } = await runProcess(process.execPath, [changeset, 'version'], { cwd: dir });
  expect(code, stderr).toBe(0);
  const [major, minor] = before.split('.').map(Number);
  for (const folder of ['bundle', 'cli', 'loader']) {
    const { version } = JSON.parse(await readFile(join(dir, folder, 'package.json'), 'utf8')) as { version: string };
    expect(version).toBe(`${major}.${minor! + 1}.0`);
    expect(await readFile(join(dir, folder, 'CHANGELOG.md'), 'utf8')).toContain(`## ${version}`);
  }
  expect(await readFile(join(dir, 'loader/CHANGELOG.md'), 'utf8')).toContain('- Plugins end with their process.');
});

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(join(repository, path), 'utf8')) as T;
}
