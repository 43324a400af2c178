import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { fixtureBundle } from '../support/bundles';
import { runProcess, startProcess } from '../support/childProcess';
import { freePort } from '../support/freePort';
import { repository } from '../support/repository';
import { makeTempDir, removeTempDir } from '../support/tempDir';
import { waitFor } from '../support/waitFor';
import { installPacked, packAll, type PackedManifest } from './packedProject';

let home: string;
let project: string;
let stdout: string;
let manifests: PackedManifest[];

beforeAll(async () => {
  home = await makeTempDir();
  project = join(home, 'project');
  await mkdir(project);
  // Packing ends with publint and @arethetypeswrong/core: it fails for whatever they find.
  const packed = await packAll(join(home, 'archives'));
  stdout = packed.stdout;
  manifests = await installPacked(project, packed.archives);
});

afterAll(async () => {
  if (home) await removeTempDir(home);
});

/** Every specifier that the published packages export code under. */
function specifiers(): Array<{ specifier: string; isFrontend: boolean }> {
  return manifests.flatMap(({ name, exports, backstage }) => {
    const isFrontend = backstage?.role.startsWith('frontend-') ?? false;
    const subpaths = Object.keys(exports).filter((subpath) => subpath !== './package.json');
    return subpaths.map((subpath) => ({ specifier: join(name, subpath), isFrontend }));
  });
}

test('packages are packed after those that they depend on, and want siblings in a range', () => {
  const order = [...stdout.matchAll(/^(@stagedoor\/[\w-]+)@/gm)].map((match) => match[1]!);
  expect(order).toEqual(expect.arrayContaining(['@stagedoor/bundle', '@stagedoor/cli', '@stagedoor/loader']));
  for (const { name, dependencies, peerDependencies } of manifests) {
    const siblings = Object.entries({ ...dependencies, ...peerDependencies }).filter(([id]) => order.includes(id));
    for (const [id, range] of siblings) {
      expect(range).toMatch(/^\^\d+\.\d+\.\d+$/);
      expect(order.indexOf(id)).toBeLessThan(order.indexOf(name));
    }
  }
});

test('packages name the repository and their folder in it, and neither scripts nor development dependencies', async () => {
  for (const manifest of manifests) {
    const url = 'git+https://git.example.com/acme/stagedoor.git';
    expect(manifest.repository).toEqual({ type: 'git', url, directory: manifest.name.split('/')[1] });
    expect(manifest).not.toHaveProperty('scripts');
    expect(manifest).not.toHaveProperty('devDependencies');
  }
});

test('what is built in comes with its licence, and is not installed a second time', async () => {
  const notices = await readFile(join(project, 'node_modules/@stagedoor/cli/dist/THIRD-PARTY-NOTICES.txt'), 'utf8');
  for (const name of ['yargs', 'cliui', 'zod', 'semver']) expect(notices).toMatch(new RegExp(`^${name} .* \\(`, 'm'));
  expect(manifests.find(({ name }) => name === '@stagedoor/cli')?.dependencies).not.toHaveProperty('yargs');
});

describe('TypeScript', () => {
  /** Fails to compile where a type is missing or `any`. */
  const USES = `
import { createDynamicBackend, type PluginStatus } from '@stagedoor/loader';
import { pluginHealthServiceRef } from '@stagedoor/loader/pluginHealth';
import { StagedoorError, readManifest } from '@stagedoor/bundle';
import { stagedoorCliModule } from '@stagedoor/cli';
import { exportPlugin, type ExportResult } from '@stagedoor/cli/api';

const types: Array<object> = [createDynamicBackend(), pluginHealthServiceRef, StagedoorError, stagedoorCliModule];
export const started: Promise<unknown> = createDynamicBackend().start();
export const exported: (target: string) => Promise<ExportResult> = (target) => 
  exportPlugin({ cwd: '.', target, pack: false, startCheck: true });
export const state = (status: PluginStatus): string => status.state;
// @ts-expect-error
export const any1: number = createDynamicBackend();
// @ts-expect-error
export const any2: number = pluginHealthServiceRef.id;
// @ts-expect-error
export const any3: number = readManifest('.');
// @ts-expect-error
export const any4: number = stagedoorCliModule;
export { types };
`;

  test.each([
    ['node10', 'commonjs', 'node10', 'use.ts'],
    ['node16, from CommonJS', 'node16', 'node16', 'use.cts'],
    ['node16, from an ES module', 'node16', 'node16', 'use.mts'],
    ['nodenext, from CommonJS', 'nodenext', 'nodenext', 'use.cts'],
    ['nodenext, from an ES module', 'nodenext', 'nodenext', 'use.mts'],
    ['bundler', 'esnext', 'bundler', 'use.ts'],
  ])('%s', async (title, module, moduleResolution, file) => {
    const dir = join(project, 'types', title.replaceAll(/\W+/g, '-'));
    await mkdir(dir, { recursive: true });
    const resolved = specifiers().filter(({ isFrontend }) => !isFrontend || moduleResolution === 'bundler');
    const imports = resolved.map(({ specifier }, index) => `import * as all${index} from '${specifier}';`);
    const used = `export const all = [${resolved.map((_, index) => `all${index}`).join(', ')}];`;
    await writeFile(join(dir, file), [...imports, used, USES].join('\n'));
    // Declarations of others are as they are; ours are compiled with the rest.
    const skipLibCheck = title !== 'bundler';
    const options = { module, moduleResolution, strict: true, target: 'es2022', noEmit: true, types: ['node'] };
    const compilerOptions = {
      ...options,
      jsx: 'react-jsx',
      lib: ['es2023', 'dom'],
      esModuleInterop: true,
      skipLibCheck,
    };
    await writeFile(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
    const tsc = join(repository, 'node_modules/typescript/bin/tsc');
    const run = await runProcess(process.execPath, [tsc, '--pretty', 'false', '-p', dir], { cwd: project });
    const ours = run.stdout.split('\n').filter((line) => /^(types|node_modules\/@stagedoor)\//.test(line));
    expect(ours).toEqual([]);
    if (skipLibCheck) expect(run.stdout).toBe('');
  });
});

describe('Node.js', () => {
  const CHECK = `if (typeof createDynamicBackend !== 'function' || typeof readManifest !== 'function') throw new Error('!');
if (typeof exportPlugin !== 'function' || stagedoorCliModule.$$type !== '@backstage/CliModule') throw new Error('!');
if (pluginHealthServiceRef.id !== 'stagedoor.pluginHealth') throw new Error('!');`;

  test('requires the packages', async () => {
    const code = `const { createDynamicBackend } = require('@stagedoor/loader');
const { pluginHealthServiceRef } = require('@stagedoor/loader/pluginHealth');
const { readManifest } = require('@stagedoor/bundle');
const { stagedoorCliModule } = require('@stagedoor/cli');
const { exportPlugin } = require('@stagedoor/cli/api');`;
    await writeFile(join(project, 'main.cjs'), `${code}\n${CHECK}`);
    expect(await runProcess(process.execPath, ['main.cjs'], { cwd: project })).toMatchObject({ code: 0, stderr: '' });
  });

  test('imports their exports by name', async () => {
    const code = `import { createDynamicBackend } from '@stagedoor/loader';
import { pluginHealthServiceRef } from '@stagedoor/loader/pluginHealth';
import { readManifest } from '@stagedoor/bundle';
import { stagedoorCliModule } from '@stagedoor/cli';
import { exportPlugin } from '@stagedoor/cli/api';`;
    await writeFile(join(project, 'main.mjs'), `${code}\n${CHECK}`);
    expect(await runProcess(process.execPath, ['main.mjs'], { cwd: project })).toMatchObject({ code: 0, stderr: '' });
  });

  test('a backend on the packed loader takes up a bundle while it runs', async () => {
    const dir = join(home, 'running');
    await mkdir(join(dir, 'root'), { recursive: true });
    const bundle = await fixtureBundle(dir, 'greeter');
    await cp(join(repository, 'test/fixtures/hosts/bareHost.cjs'), join(project, 'host.cjs'));
    const args = ['host.cjs', dir, String(await freePort()), bundle, 'greeter'];
    const child = startProcess(process.execPath, args, { cwd: project });
    onTestFinished(async () => void (await child.stop()));
    // It prints once the bundle's plugin answers.
    await waitFor('the plugin of the bundle', async () => /^\{.*\}$/m.test(child.stdout()));
  });
});

describe('npx @stagedoor/cli', () => {
  const npx = async (...args: string[]) =>
    await runProcess('npx', ['--offline', '@stagedoor/cli', ...args], { cwd: project });

  test('npm finds the command of the package', () => {
    const npm = dirname(realpathSync(join(execFileSync('npm', ['root', '-g'], { encoding: 'utf8' }).trim(), 'npm')));
    const load = createRequire(join(npm, 'npm/package.json'));
    const commandOf = load('libnpmexec/lib/get-bin-from-manifest.js') as (manifest: PackedManifest) => string;
    const cli = manifests.find(({ name }) => name === '@stagedoor/cli')!;
    expect(cli.bin?.[commandOf(cli)]).toBe('bin/stagedoor.js');
  });

  test('runs stagedoor', async () => {
    expect(await npx('--version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  test('makes a plugin and exports it', async () => {
    const created = await npx('create', 'todo-backend', '--id', 'todo');
    expect(created, created.stderr).toMatchObject({ code: 0 });
    const exported = await npx('export', './todo-backend', '--json');
    expect(exported, exported.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(exported.stdout)).toMatchObject({ startCheck: 'passed' });
  });
});
