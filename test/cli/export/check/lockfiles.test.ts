import { mkdir, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempDir } from '../../../support/tempDir';
import { fixturePackage } from '../exportSupport';
import { dependency, edit, exportUnverified, installedWorkspace } from './lockfileSupport';

const installed = [
  // What the lockfile, an override, an alias, a workspace range, and two kinds of folders make of the dependencies.
  'common over',
  'copied 0.3.0',
  'folder 0.3.0',
  'fixture-odd 1.0.0 over',
  'fixture-number 1.0.0',
  'fixture-number 3.0.0',
  'fixture-text 1.0.0',
  'fixture-text 1.1.0',
];
const patched = [...installed, 'fixture-patched 1.0.0 with a patch'];

const kinds = [
  { kind: 'npm-2', file: 'package-lock.json', named: 'npm', install: 'npm install', clean: 'npm ci', words: installed },
  { kind: 'npm-3', file: 'package-lock.json', named: 'npm', install: 'npm install', clean: 'npm ci', words: installed },
  {
    kind: 'yarn-classic',
    file: 'yarn.lock',
    named: 'yarn-classic',
    install: 'yarn install',
    clean: 'yarn install --frozen-lockfile --force',
    words: installed,
  },
  {
    kind: 'yarn-berry',
    file: 'yarn.lock',
    named: 'yarn-berry',
    install: 'yarn install',
    clean: 'yarn install --immutable',
    // `backstage:^` too.
    words: [...patched, 'fixture-helpers 0.2.0'],
  },
  {
    kind: 'pnpm-6',
    file: 'pnpm-lock.yaml',
    named: 'pnpm',
    install: 'pnpm install',
    clean: 'pnpm install --frozen-lockfile --force',
    words: patched,
  },
  {
    kind: 'pnpm-9',
    file: 'pnpm-lock.yaml',
    named: 'pnpm',
    install: 'pnpm install',
    clean: 'pnpm install --frozen-lockfile --force',
    words: patched,
  },
];

describe.each(kinds)('In a workspace with a lockfile of $kind', ({ kind, file, named, install, clean, words }) => {
  it('what the lockfile says is bundled', async () => {
    const workspace = await installedWorkspace(kind);
    expect(await exportUnverified(workspace)).toBeUndefined();
    const code = await readFile(join(workspace.plugin, 'dist-dynamic/dist/index.cjs.js'), 'utf8');
    for (const word of words) expect(code).toContain(word);
    expect(code).not.toContain('fixture-number 2.0.0');
    const manifest = await readFile(join(workspace.plugin, 'dist-dynamic/dynamic-bundle.json'), 'utf8');
    expect(JSON.parse(manifest)).toMatchObject({ source: { lockfile: { kind: named } } });
  });

  it('another version in node_modules is an error that names the package, both versions and the command', async () => {
    const workspace = await installedWorkspace(kind);
    await edit(join(dependency(workspace, kind, 'fixture-odd'), 'package.json'), '"1.0.0"', '"1.0.9"');
    const error = await exportUnverified(workspace);
    expect(error).toMatchObject({
      code: 'LOCKFILE_MISMATCH',
      message: `fixture-odd 1.0.9 is installed, ${file} says 1.0.0; @fixture/plugin-backend imports it in src/index.ts.`,
      hint: `Run \`${clean}\` in ${workspace.root}.`,
    });
    expect(error?.details?.packages).toEqual([{ name: 'fixture-odd', installed: '1.0.9', expected: ['1.0.0'] }]);
  });

  it('the version that another importer gets does not pass for the one that the lockfile gives this importer', async () => {
    const workspace = await installedWorkspace(kind);
    // 1.0.0 is what packages/common gets.
    const text = await realpath(join(workspace.plugin, 'node_modules/fixture-text'));
    await edit(join(text, 'package.json'), '"1.1.0"', '"1.0.0"');
    expect((await exportUnverified(workspace))?.message).toBe(
      `fixture-text 1.0.0 is installed, ${file} says 1.1.0; @fixture/plugin-backend imports it in src/index.ts.`,
    );
  });

  it('another version behind an alias is told by the alias and the name', async () => {
    const workspace = await installedWorkspace(kind);
    await edit(join(dependency(workspace, kind, 'alias-of-number'), 'package.json'), '"3.0.0"', '"3.0.1"');
    expect((await exportUnverified(workspace))?.message).toContain(
      `alias-of-number (fixture-number) 3.0.1 is installed, ${file} says 3.0.0`,
    );
  });

  it('a package that the lockfile does not know is an error, one that is not bundled is none', async () => {
    const workspace = await installedWorkspace(kind);
    const stranger = join(workspace.plugin, 'node_modules/stranger');
    await mkdir(stranger, { recursive: true });
    await writeFile(join(stranger, 'package.json'), '{ "name": "stranger", "version": "2.0.0" }');
    await writeFile(join(stranger, 'index.js'), "module.exports = 'stranger';");
    expect(await exportUnverified(workspace)).toBeUndefined();
    await edit(join(workspace.plugin, 'src/index.ts'), 'common,', 'stranger, common,');
    await edit(join(workspace.plugin, 'src/index.ts'), /^/, "import stranger from 'stranger';\n");
    expect(await exportUnverified(workspace)).toMatchObject({
      code: 'LOCKFILE_MISMATCH',
      message: `stranger 2.0.0 is installed, ${file} does not know it; @fixture/plugin-backend imports it in src/index.ts.`,
      hint: `Run \`${install}\` in ${workspace.root}.`,
    });
  });

  it('a dependency that is missing is told with who wants it and the command that installs it', async () => {
    const workspace = await installedWorkspace(kind);
    await rm(dependency(workspace, kind, 'fixture-odd'), { recursive: true });
    expect(await exportUnverified(workspace)).toMatchObject({
      code: 'DEPENDENCY_NOT_INSTALLED',
      message: 'fixture-odd is not installed; @fixture/plugin-backend imports it.',
      hint: `Run \`${install}\` in ${workspace.root}.`,
    });
  });

  it('a package that was linked over the installed one is an error', async () => {
    const workspace = await installedWorkspace(kind);
    const elsewhere = join(await tempDir(), 'odd');
    await mkdir(elsewhere);
    await writeFile(join(elsewhere, 'package.json'), '{ "name": "fixture-odd", "version": "1.0.5" }');
    await writeFile(join(elsewhere, 'index.js'), "module.exports = 'edited';");
    const place = dependency(workspace, kind, 'fixture-odd');
    await rm(place, { recursive: true });
    await symlink(elsewhere, place, 'dir');
    expect(await exportUnverified(workspace)).toMatchObject({
      code: 'LOCKFILE_MISMATCH',
      message: expect.stringContaining(`fixture-odd 1.0.5 is linked from ${elsewhere}, ${file} says 1.0.0`) as string,
    });
  });

  it('a lockfile with conflict marks is an error of its own', async () => {
    const workspace = await installedWorkspace(kind);
    const path = join(workspace.root, file);
    await edit(path, /^/, '<<<<<<< HEAD\n{[\n');
    expect(await exportUnverified(workspace)).toMatchObject({
      code: 'LOCKFILE_UNREADABLE',
      message: expect.stringContaining(path) as string,
      hint: `Run \`${install}\` in ${workspace.root}; it writes ${file} anew.`,
    });
  });
});

describe('A range that only one tool knows', () => {
  it.each([
    ['backstage:^', 'node_modules/@backstage/fixture-helpers', '0.2.0'],
    ['patch:', 'node_modules/fixture-patched', '1.0.0'],
    ['file:', 'node_modules/@fixture/copied', '0.3.0'],
  ])('%s in Yarn leads to the version that the lockfile says', async (_, place, version) => {
    const workspace = await installedWorkspace('yarn-berry');
    await edit(join(workspace.root, place, 'package.json'), `"${version}"`, '"9.9.9"');
    expect((await exportUnverified(workspace))?.message).toContain(
      ` 9.9.9 is installed, yarn.lock says ${version}; @fixture/plugin-backend imports it in src/index.ts.`,
    );
  });

  it.each(['https://example.com/fork.tgz', 'git+ssh://git@example.com/acme/fork.git', 'acme/fork'])(
    '%s in Yarn 1 may hold a package of another name',
    async (range) => {
      const workspace = await installedWorkspace('yarn-classic');
      await edit(join(workspace.plugin, 'package.json'), '"^1.0.0"', JSON.stringify(range));
      await edit(join(workspace.root, 'yarn.lock'), 'fixture-odd@^1.0.0:', `"fixture-odd@${range}":`);
      const manifest = join(workspace.root, 'node_modules/fixture-odd/package.json');
      await edit(manifest, '"fixture-odd"', '"original-of-odd"');
      expect(await exportUnverified(workspace)).toBeUndefined();
      await edit(manifest, '"1.0.0"', '"1.0.1"');
      expect((await exportUnverified(workspace))?.message).toContain(
        'fixture-odd (original-of-odd) 1.0.1 is installed, yarn.lock says 1.0.0',
      );
    },
  );

  it.each([
    ['portal:', 'yarn-berry', 'node_modules/@fixture/folder'],
    ['link:', 'yarn-classic', 'node_modules/@fixture/folder'],
    ['file:', 'npm-3', 'node_modules/@fixture/copied'],
    ['workspace:', 'pnpm-9', 'packages/plugin/node_modules/@fixture/common'],
  ])('%s in %s is the folder as it is', async (_, kind, place) => {
    const workspace = await installedWorkspace(kind);
    await edit(join(workspace.root, place, 'package.json'), /"version": "[\d.]+"/, '"version": "9.9.9"');
    expect(await exportUnverified(workspace)).toBeUndefined();
  });
});

describe('Which lockfile counts', () => {
  it('npm-shrinkwrap.json is read as package-lock.json is', async () => {
    const workspace = await installedWorkspace('npm-3');
    await rename(join(workspace.root, 'package-lock.json'), join(workspace.root, 'npm-shrinkwrap.json'));
    await edit(join(workspace.root, 'node_modules/fixture-odd/package.json'), '"1.0.0"', '"1.0.9"');
    expect((await exportUnverified(workspace))?.message).toContain('npm-shrinkwrap.json says 1.0.0');
  });

  it('pnpm-lock.yaml is read behind a document in which pnpm fixes its own version', async () => {
    const workspace = await installedWorkspace('pnpm-9');
    const own = "---\nlockfileVersion: '9.0'\n\nimporters:\n\n  .: {}\n\n---\n";
    await edit(join(workspace.root, 'pnpm-lock.yaml'), /^/, own);
    expect(await exportUnverified(workspace)).toBeUndefined();
  });

  it('of two lockfiles the one that node_modules was installed from', async () => {
    const workspace = await installedWorkspace('yarn-berry');
    await writeFile(join(workspace.root, 'package-lock.json'), '{ "lockfileVersion": 3, "packages": {} }');
    expect(await exportUnverified(workspace)).toBeUndefined();
  });

  it('not one that was left in a member of the workspace', async () => {
    const workspace = await installedWorkspace('npm-3');
    await rm(join(workspace.plugin, 'node_modules'), { recursive: true });
    await edit(join(workspace.plugin, 'src/index.ts'), "import text from 'fixture-text';", "const text = '';");
    await writeFile(join(workspace.plugin, 'yarn.lock'), '# yarn lockfile v1\n');
    expect(await exportUnverified(workspace)).toBeUndefined();
  });

  it('none is needed', async () => {
    const workspace = await installedWorkspace('npm-3');
    await rm(join(workspace.root, 'package-lock.json'));
    await edit(join(workspace.root, 'node_modules/fixture-odd/package.json'), '"1.0.0"', '"1.0.9"');
    expect(await exportUnverified(workspace)).toBeUndefined();
  });

  it.each([
    ['npm-3', 'package-lock.json', '{ "lockfileVersion": 1, "dependencies": {} }'],
    ['pnpm-9', 'pnpm-lock.yaml', 'lockfileVersion: 5.4\n'],
  ])('one of %s that is too old is an error', async (kind, file, text) => {
    const workspace = await installedWorkspace(kind);
    await writeFile(join(workspace.root, file), text);
    expect(await exportUnverified(workspace)).toMatchObject({ code: 'LOCKFILE_UNREADABLE' });
  });
});

describe("Yarn Plug'n'Play", () => {
  it('is refused with the settings that help', async () => {
    const plugin = await fixturePackage('own-files');
    await writeFile(join(plugin, '.pnp.cjs'), '');
    await writeFile(join(plugin, 'yarn.lock'), '__metadata:\n  version: 8\n');
    expect(await exportUnverified({ root: plugin, plugin })).toMatchObject({
      code: 'PNP_UNSUPPORTED',
      hint: 'Set `nodeLinker: node-modules` in .yarnrc.yml and run `yarn install`.',
    });
  });
});

describe('A folder outside of the workspace', () => {
  it.each([
    ['npm-3', 'file'],
    ['yarn-classic', 'link'],
    ['yarn-berry', 'link'],
    ['pnpm-9', 'link'],
  ])('that %s links with %s: is bundled with what it has itself installed', async (kind) => {
    const workspace = await installedWorkspace(kind);
    const outside = join(workspace.root, '../folder');
    await rename(join(workspace.root, 'folder'), outside);
    const link = dependency(workspace, kind, '@fixture/folder');
    await rm(link);
    await symlink(outside, link, 'dir');
    const lockfile = join(workspace.root, kinds.find((entry) => entry.kind === kind)!.file);
    if (kind === 'npm-3') await edit(lockfile, '"folder": {', '"../folder": {');
    if (kind === 'yarn-berry') {
      await edit(lockfile, /@fixture\/folder@portal:[^:]+/g, '@fixture/folder@link:../../../folder');
      await edit(join(workspace.plugin, 'package.json'), 'portal:../../folder', 'link:../../../folder');
    }
    await mkdir(join(outside, 'node_modules/own'), { recursive: true });
    await writeFile(join(outside, 'node_modules/own/package.json'), '{ "name": "own", "version": "7.0.0" }');
    await writeFile(join(outside, 'node_modules/own/index.js'), "module.exports = 'of its own';");
    await writeFile(join(outside, 'index.js'), "module.exports = require('own');");
    expect(await exportUnverified(workspace)).toBeUndefined();
    expect(await readFile(join(workspace.plugin, 'dist-dynamic/dist/index.cjs.js'), 'utf8')).toContain('of its own');
  });
});

describe('A package of the workspace whose package.json names a build', () => {
  it('that was never made is bundled from its source', async () => {
    const workspace = await installedWorkspace('yarn-berry');
    await edit(join(workspace.root, 'packages/common/package.json'), 'src/index.ts', 'dist/index.js');
    expect(await exportUnverified(workspace)).toBeUndefined();
    const code = await readFile(join(workspace.plugin, 'dist-dynamic/dist/index.cjs.js'), 'utf8');
    expect(code).toContain('common over');
  });

  it('and that has no source either is told by its folder', async () => {
    const workspace = await installedWorkspace('yarn-berry');
    const common = join(workspace.root, 'packages/common');
    await edit(join(common, 'package.json'), 'src/index.ts', 'dist/index.js');
    await rename(join(common, 'src'), join(common, 'sources'));
    expect(await exportUnverified(workspace)).toMatchObject({
      code: 'BUILD_FAILED',
      message: `@fixture/common leads to no file of ${common}; @fixture/plugin-backend imports it.`,
    });
  });
});
