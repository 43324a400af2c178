import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tempDir } from '../../support/tempDir';
import { filesOf, stagedoor } from '../export/exportSupport';
import { onTerminal } from '../terminalSupport';

interface Created {
  name: string;
  kind: string;
  path: string;
  packages: Array<{ name: string; kind: string; path: string }>;
  workspace?: string;
  packageManager: string;
  files: string[];
}

/** Runs `stagedoor create --json`; fails where the command does. */
async function create(cwd: string, ...args: string[]): Promise<Created & { manifest: Manifest }> {
  const { code, stdout, stderr } = await stagedoor(cwd, 'create', '--json', ...args);
  if (code !== 0) throw new Error(stderr);
  const created = JSON.parse(stdout) as Created;
  return { ...created, manifest: JSON.parse(await readFile(join(created.path, 'package.json'), 'utf8')) as Manifest };
}

interface Manifest {
  name: string;
  private?: boolean;
  backstage: object;
  scripts: Record<string, string>;
  workspaces?: string[];
  dependencies: Record<string, string>;
  peerDependencies?: Record<string, string>;
  devDependencies: Record<string, string>;
}

/** Writes files, given by path, below `dir`. */
async function write(dir: string, files: Record<string, unknown>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
}

/** A Backstage repository, with a plugin in it. */
async function monorepo(more: Record<string, unknown> = {}): Promise<string> {
  const dir = await tempDir();
  await write(dir, {
    'package.json': { private: true, workspaces: { packages: ['packages/*', 'plugins/*'] } },
    'plugins/a/package.json': {
      name: '@acme/plugin-a-backend',
      dependencies: { '@backstage/backend-plugin-api': '^1.4.0' },
    },
    'plugins/b/package.json': { name: '@acme/plugin-b', devDependencies: { typescript: '~5.8.0' } },
    'packages/app/package.json': { name: 'app' },
    ...more,
  });
  return dir;
}

describe('stagedoor create, by itself', () => {
  test('makes a backend plugin in a repository of its own', async () => {
    const dir = await tempDir();
    const { manifest, ...created } = await create(dir, '--id', 'my-todo');
    expect(created).toMatchObject({
      name: 'my-todo-backend',
      path: join(dir, 'my-todo-backend'),
      packageManager: 'npm',
    });
    expect(created.workspace).toBeUndefined();
    expect(await filesOf(created.path)).toEqual(created.files);
    expect(manifest.backstage).toEqual({ role: 'backend-plugin', pluginId: 'my-todo' });
    expect(manifest.scripts['export-dynamic']).toBe('export-dynamic');
    expect(await readFile(join(created.path, 'src/plugin.ts'), 'utf8')).toContain('export const myTodoPlugin');
    expect(await readFile(join(created.path, 'README.md'), 'utf8')).toContain('npm run dev -- --portal');
  });

  test('makes a module for a plugin', async () => {
    const { manifest, path, name } = await create(
      await tempDir(),
      ...['--kind', 'backend-module', '--id', 'catalog', '--module', 'ldap'],
    );
    expect(name).toBe('catalog-backend-module-ldap');
    expect(manifest.backstage).toEqual({ role: 'backend-plugin-module', pluginId: 'catalog' });
    expect(await readFile(join(path, 'src/module.ts'), 'utf8')).toMatch(/pluginId: 'catalog',\n +moduleId: 'ldap'/);
  });

  test('makes a frontend plugin: a page that needs no backend', async () => {
    const { manifest, path, name } = await create(await tempDir(), '--kind', 'frontend-plugin', '--id', 'my-todo');
    expect(name).toBe('my-todo-frontend');
    expect(manifest.backstage).toEqual({ role: 'frontend-plugin', pluginId: 'my-todo' });
    expect(manifest.peerDependencies).toEqual({ react: '^18.0.0' });
    expect(manifest.scripts['export-dynamic']).toBe('export-dynamic');
    expect(await readFile(join(path, 'src/plugin.tsx'), 'utf8')).toMatch(/title: 'My todo'[^]*path: '\/my-todo'/);
    expect(await readFile(join(path, 'config.d.ts'), 'utf8')).toContain('@visibility frontend');
  });

  test.each([
    ['npm', 'npm run test --workspaces', []],
    ['yarn', 'yarn workspaces foreach --all --exclude todo run test', ['.yarnrc.yml', 'yarn.lock']],
    ['pnpm', 'pnpm --recursive run test', ['pnpm-workspace.yaml']],
  ])('makes a pair as a monorepo of two, for %s', async (manager, testScript, files) => {
    const dir = await tempDir();
    const args = ['--kind', 'pair', '--id', 'todo', '--package-manager', manager];
    const { manifest, ...created } = await create(dir, ...args);
    expect(created).toMatchObject({ name: 'todo', kind: 'pair', path: join(dir, 'todo'), packageManager: manager });
    expect(created.packages.map(({ name, kind }) => `${name}: ${kind}`)).toEqual([
      'todo-frontend: frontend-plugin',
      'todo-backend: backend-plugin',
    ]);
    expect(await filesOf(created.path)).toEqual(created.files);
    expect(created.files).toEqual(expect.arrayContaining(files));
    expect(manifest).toMatchObject({ private: true, workspaces: ['plugins/*'] });
    expect(manifest.scripts).toMatchObject({
      test: testScript,
      dev: 'stagedoor dev',
      'export-dynamic': 'stagedoor export',
    });
    const page = await readFile(join(created.packages[0]!.path, 'src/useBackend.ts'), 'utf8');
    expect(page).toContain("discovery.getBaseUrl('todo')");
    if (manager !== 'pnpm') return;
    expect(await readFile(join(created.path, 'pnpm-workspace.yaml'), 'utf8')).toMatch(/^packages: \["plugins\/\*"\]$/m);
  });

  test.each([
    ['yarn', '.yarnrc.yml', 'yarn dev --portal'],
    ['pnpm', 'pnpm-workspace.yaml', 'pnpm dev --portal'],
  ])('writes what %s needs to install it', async (manager, file, command) => {
    const { path, files } = await create(await tempDir(), '--id', 'todo', '--package-manager', manager);
    expect(files).toContain(file);
    expect(await readFile(join(path, 'README.md'), 'utf8')).toContain(command);
  });

  test('leaves no word of a template behind', async () => {
    const kinds = [[], ['backend-module', '--module', 'extra'], ['frontend-plugin'], ['pair']];
    for (const args of kinds.map((kind) => (kind.length > 0 ? ['--kind', ...kind] : []))) {
      const { path, files } = await create(await tempDir(), '--id', 'todo', ...args);
      for (const file of files) expect(await readFile(join(path, file), 'utf8')).not.toMatch(/__\w+__/);
    }
  });
});

describe('stagedoor create, in a monorepo', () => {
  test('makes a member, with the scope and the versions of the others', async () => {
    const root = await monorepo({ 'yarn.lock': '' });
    const { manifest, ...created } = await create(join(root, 'packages/app'), '--id', 'todo');
    expect(created).toMatchObject({
      name: '@acme/plugin-todo-backend',
      path: join(root, 'plugins/todo-backend'),
      workspace: root,
      packageManager: 'yarn',
    });
    expect(manifest.private).toBe(true);
    expect(manifest.dependencies['@backstage/backend-plugin-api']).toBe('^1.4.0');
    expect(manifest.devDependencies.typescript).toBe('~5.8.0');
    expect(created.files).not.toContain('.yarnrc.yml');
  });

  test('makes both of a pair members, with the scope of the others, in a folder that is named', async () => {
    const root = await monorepo({ 'package.json': { private: true, workspaces: ['plugins/*', 'more/*'] } });
    for (const [folder, args] of [
      ['plugins', []],
      ['more', ['more']],
    ] as const) {
      const id = `todo-${folder}`;
      const made = await stagedoor(root, 'create', '--json', ...args, '--kind', 'pair', '--id', id);
      const created = JSON.parse(made.stdout) as Created;
      expect(created).toMatchObject({ workspace: root, path: join(root, folder) });
      expect(created.packages).toEqual([
        { name: `@acme/plugin-${id}`, kind: 'frontend-plugin', path: join(root, folder, id) },
        { name: `@acme/plugin-${id}-backend`, kind: 'backend-plugin', path: join(root, folder, `${id}-backend`) },
      ]);
      expect(created.files).toEqual(expect.arrayContaining([`${id}/src/Page.tsx`, `${id}-backend/src/router.ts`]));
    }
    const twice = await stagedoor(root, 'create', '--kind', 'pair', '--id', 'todo-plugins');
    expect(twice.stderr).toMatch(/^error TARGET_NOT_EMPTY: /m);
  });

  test.each([
    ['npm', { 'package-lock.json': '{}' }],
    ['pnpm', { 'package.json': {}, 'pnpm-workspace.yaml': 'packages: ["plugins/*"]' }],
    ['yarn', { 'package.json': { packageManager: 'yarn@4.6.0', workspaces: ['plugins/*'] } }],
  ])('sees that it is one of %s', async (manager, files) => {
    expect(await create(await monorepo(files), '--id', 'todo')).toMatchObject({ packageManager: manager });
  });

  test('refuses a folder that its package manager would not look into', async () => {
    const root = await monorepo();
    const { code, stderr } = await stagedoor(root, 'create', 'elsewhere/todo', '--id', 'todo');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error USAGE: elsewhere\/todo does not match .*\nhint: .*packages\/\*, plugins\/\*/m);
  });

  test('makes a repository of its own outside of it', async () => {
    const outside = await tempDir();
    const { path, workspace } = await create(await monorepo(), join(outside, 'todo'), '--id', 'todo');
    expect({ path, workspace }).toEqual({ path: join(outside, 'todo'), workspace: undefined });
  });
});

describe('stagedoor create, refused', () => {
  test('overwrites nothing', async () => {
    const dir = await tempDir();
    await write(dir, { 'todo-backend/notes.txt': 'precious', file: 'precious' });
    for (const args of [[], ['file'], ['.']]) {
      const { code, stderr } = await stagedoor(dir, 'create', ...args, '--id', 'todo');
      expect(code).toBe(1);
      expect(stderr).toMatch(/^error TARGET_NOT_EMPTY: .*\nhint: Choose another folder/m);
    }
    expect(await filesOf(dir)).toEqual(['file', 'todo-backend/notes.txt']);
  });

  test('takes a folder that is empty', async () => {
    const dir = await tempDir();
    await mkdir(join(dir, 'empty'));
    expect((await create(join(dir, 'empty'), '.', '--id', 'todo')).path).toBe(join(dir, 'empty'));
  });

  test.each([
    ['an id with other characters', ['--id', 'My Todo'], /--id "My Todo" is invalid: Lower-case/],
    ['a module without an id', ['--kind', 'backend-module', '--id', 'todo'], /--module/],
    ['a module id for a plugin', ['--id', 'todo', '--module', 'x'], /--module cannot be used for a backend-plugin/],
    ['a name for a pair', ['--kind', 'pair', '--id', 'todo', '--name', 'x'], /--name cannot be used for a pair/],
    ['another kind', ['--id', 'todo', '--kind', 'theme'], /kind/],
    ['a name that npm refuses', ['--id', 'todo', '--name', '../x'], /--name "..\/x" is invalid/],
    ['no id, and no terminal', [], /no terminal to ask on/],
  ])('refuses %s', async (_, args, message) => {
    const dir = await tempDir();
    const { code, stderr } = await stagedoor(dir, 'create', ...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error USAGE: /m);
    expect(stderr).toMatch(message);
    expect(await filesOf(dir)).toEqual([]);
  });
});

describe('stagedoor create, on a terminal', () => {
  test('asks, and takes what is offered for an answer', async () => {
    const dir = await tempDir();
    const { code, output } = await onTerminal(
      dir,
      ['create'],
      [
        ['What do you want to create?', '\r'],
        ['Id of the plugin', '\r'],
        ['Name of the package', '\r'],
        ['Folder', '\r'],
      ],
    );
    expect(code, output).toBe(0);
    expect(await filesOf(join(dir, 'hello-backend'))).toContain('src/plugin.ts');
  });

  test('asks for a pair only what both have in common', async () => {
    const dir = await tempDir();
    const { code, output } = await onTerminal(
      dir,
      ['create'],
      [
        ['What do you want to create?', '\u001b[B\u001b[B\u001b[B\r'],
        ['Id of the plugin', '\r'],
        ['Folder', '\r'],
      ],
    );
    expect(code, output).toBe(0);
    expect(await filesOf(join(dir, 'hello/plugins'))).toContain('hello-frontend/src/Page.tsx');
  });

  test('asks for what the command line does not say, and says what is wrong with an answer', async () => {
    const dir = await tempDir();
    const { code, output } = await onTerminal(
      dir,
      ['create', 'here', '--kind', 'backend-module'],
      [
        ['Id of the plugin it extends', 'world!\r'],
        ['Lower-case letters', '\u007f\r'],
        ['Id of the module', '\r'],
        ['Name of the package', '\r'],
      ],
    );
    expect(code, output).toBe(0);
    const manifest = JSON.parse(await readFile(join(dir, 'here/package.json'), 'utf8')) as Manifest;
    expect(manifest.name).toBe('world-backend-module-extra');
  });

  test('makes nothing after Ctrl-C', async () => {
    const dir = await tempDir();
    const { code } = await onTerminal(dir, ['create'], [['What do you want to create?', '\u0003']]);
    expect(code).toBe(130);
    expect(await filesOf(dir)).toEqual([]);
  });
});
