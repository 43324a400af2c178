import { readManifest } from '@stagedoor/bundle';
import { appendFile, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runProcess, startProcess } from '../../support/childProcess';
import { isRunning, processesBelow } from '../../support/processes';
import { waitFor } from '../../support/waitFor';
import { bin, filesOf, stagedoor, type Run } from '../export/exportSupport';
import { workspaceOf, writeFiles, type Outcome } from './workspaceSupport';

interface Exports {
  code: number | null;
  results: Outcome[];
}

async function exportAll(root: string, ...args: string[]): Promise<Exports> {
  return exportsOf(await stagedoor(root, 'export', '--json', '--no-start-check', ...args));
}

function exportsOf({ code, stdout, stderr }: Run): Exports {
  if (stdout === '') throw new Error(stderr);
  const answer = JSON.parse(stdout) as { results?: Outcome[] };
  if (!answer.results) throw new Error(stderr);
  return { code, results: answer.results };
}

/** When every file below a folder was last written, and which one it is, by path. */
async function timesIn(dir: string): Promise<Map<string, string>> {
  const infos = (await filesOf(dir)).map(async (file): Promise<[string, string]> => {
    const { ino, ctimeNs } = await stat(join(dir, file), { bigint: true });
    return [file, `${ino} ${ctimeNs}`];
  });
  return new Map(await Promise.all(infos));
}

function namesBy(results: Outcome[], status: Outcome['status']): string[] {
  return results.filter((outcome) => outcome.status === status).map(({ name }) => name.replace('@acme/', ''));
}

describe('stagedoor export at the root of a workspace', () => {
  test('exports every backend plugin and module to its own dist-dynamic, started, with one line for each', async () => {
    const root = await workspaceOf(4);
    const { code, stdout, stderr } = await stagedoor(root, 'export', '--json');
    expect(code, stderr).toBe(0);
    const { results } = JSON.parse(stdout) as { results: Outcome[] };
    expect(results.map(({ folder, status }) => [folder, status])).toEqual([
      ['plugins/plugin-1-backend', 'exported'],
      ['plugins/plugin-1-backend-module-word', 'exported'],
      ['plugins/plugin-2-backend', 'exported'],
      ['plugins/plugin-3-backend', 'exported'],
    ]);
    for (const { folder, result } of results) {
      expect(result!.path).toBe(join(root, folder, 'dist-dynamic'));
      expect(await readManifest(result!.path)).toMatchObject({ startCheck: 'passed', digest: result!.digest });
      expect(await readFile(join(result!.path, 'dist/index.cjs.js'), 'utf8')).toContain('"hello"');
    }
    const lines = stderr.split('\n').filter((line) => /^\[/.test(line));
    expect(lines.map((line) => line.slice(0, 5)).sort()).toEqual(['[1/4]', '[2/4]', '[3/4]', '[4/4]']);
    expect(stderr).toContain('4 exported, 0 unchanged, 0 failed in');
    expect(await readdir(join(root, 'packages/backend'))).toEqual(['package.json']);
  });

  test('exports the others when one fails, lists the failure with code and hint at the end, and exits with 1', async () => {
    const root = await workspaceOf(4);
    await writeFile(join(root, 'plugins/plugin-2-backend/src/index.ts'), "import 'not-there';\n");
    const { code, stdout, stderr } = await stagedoor(root, 'export', '--no-start-check');
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^\[\d\/4\] failed {4}@acme\/plugin-2-backend DEPENDENCY_NOT_INSTALLED$/m);
    expect(stderr.trimEnd().split('\n').slice(-3)).toEqual([
      'error DEPENDENCY_NOT_INSTALLED: @acme/plugin-2-backend in plugins/plugin-2-backend: not-there is not installed; @acme/plugin-2-backend imports it.',
      `hint: Run \`npm install not-there\` in ${join(root, 'plugins/plugin-2-backend')}.`,
      expect.stringContaining('3 exported, 0 unchanged, 1 failed in'),
    ]);
    expect(await filesOf(join(root, 'plugins/plugin-2-backend'))).toEqual(['package.json', 'src/index.ts']);
    const again = await exportAll(root);
    expect(again.code).toBe(1);
    expect(namesBy(again.results, 'failed')).toEqual(['plugin-2-backend']);
    expect(namesBy(again.results, 'unchanged')).toHaveLength(3);
    expect(again.results[2]!.error).toMatchObject({ code: 'DEPENDENCY_NOT_INSTALLED' });
  });

  test('names a package.json that is not JSON among the failures', async () => {
    const root = await workspaceOf(3);
    await writeFile(join(root, 'plugins/plugin-2-backend/package.json'), '{');
    const { results } = await exportAll(root);
    expect(namesBy(results, 'failed')).toEqual(['plugins/plugin-2-backend']);
    expect(results[2]!.error).toMatchObject({ code: 'PACKAGE_JSON_INVALID' });
  });

  test('understands workspaces of Yarn as an object, with ** and exclusions, and does not take bundles for packages', async () => {
    const root = await workspaceOf(4);
    await writeFiles(root, { 'package.json': { workspaces: { packages: ['./plugins/**', '!plugins/plugin-3-*'] } } });
    for (let run = 1; run <= 2; run++) {
      const { results } = await exportAll(root, '--force');
      expect(namesBy(results, 'exported')).toEqual([
        'plugin-1-backend',
        'plugin-1-backend-module-word',
        'plugin-2-backend',
      ]);
    }
  });

  test('understands pnpm-workspace.yaml', async () => {
    const root = await workspaceOf(3);
    await writeFiles(root, {
      'package.json': { private: true },
      'pnpm-workspace.yaml': "packages:\n  - 'plugins/*'\n  - '!**/*-module-*'\n",
    });
    expect(namesBy((await exportAll(root)).results, 'exported')).toEqual(['plugin-1-backend', 'plugin-2-backend']);
  });

  test('exports frontend plugins with the others, and again only where something changed', async () => {
    const root = await workspaceOf(2);
    await writeFiles(root, {
      'plugins/page/package.json': {
        name: '@acme/page',
        version: '1.0.0',
        main: 'src/index.ts',
        backstage: { role: 'frontend-plugin', pluginId: 'page' },
      },
      'plugins/page/src/index.ts': 'export default "a page";\n',
    });
    const all = ['page', 'plugin-1-backend', 'plugin-1-backend-module-word'];
    expect(namesBy((await exportAll(root)).results, 'exported')).toEqual(all);
    expect(await filesOf(join(root, 'plugins/page/dist-dynamic'))).toContain('dist/mf-manifest.json');
    expect(namesBy((await exportAll(root)).results, 'unchanged')).toEqual(all);
    await writeFile(join(root, 'plugins/page/src/index.ts'), 'export default "another page";\n');
    expect(namesBy((await exportAll(root)).results, 'exported')).toEqual(['page']);
  });

  test('exports only what --filter selects, by name or folder', async () => {
    const root = await workspaceOf(4);
    const selected = async (...filters: string[]): Promise<string[]> =>
      (await exportAll(root, ...filters.flatMap((filter) => ['--filter', filter]))).results.map(({ folder }) => folder);
    expect(await selected('plugin-1-*', '!*-module-*')).toEqual(['plugins/plugin-1-backend']);
    expect(await selected('@acme/plugin-2-backend', 'plugins/plugin-3-backend/')).toEqual([
      'plugins/plugin-2-backend',
      'plugins/plugin-3-backend',
    ]);
  });

  test('writes one folder and archive per bundle to --out', async () => {
    const root = await workspaceOf(3);
    const { results } = await exportAll(root, '--out', 'bundles', '--pack');
    expect((await readdir(join(root, 'bundles'))).sort()).toEqual([
      'acme-plugin-1-backend-dynamic',
      'acme-plugin-1-backend-dynamic-1.0.0.tgz',
      'acme-plugin-1-backend-module-word-dynamic',
      'acme-plugin-1-backend-module-word-dynamic-1.0.0.tgz',
      'acme-plugin-2-backend-dynamic',
      'acme-plugin-2-backend-dynamic-1.0.0.tgz',
    ]);
    expect(namesBy((await exportAll(root, '--out', 'bundles', '--pack')).results, 'unchanged')).toHaveLength(3);
    await appendFile(results[0]!.result!.archive!, ' ');
    const repaired = await exportAll(root, '--out', 'bundles', '--pack');
    expect(namesBy(repaired.results, 'exported')).toEqual(['plugin-1-backend']);
    expect(repaired.results[0]!.result!.integrity).toBe(results[0]!.result!.integrity);
  });

  test.each([
    ['SIGINT', 'the process alone'],
    ['SIGINT', 'all of a terminal'],
    ['SIGTERM', 'the process alone'],
  ] as const)('leaves nothing behind and ends every child when %s reaches %s', async (signal, whom) => {
    const root = await workspaceOf(6);
    // No signal can come too late: no start check ends by itself.
    for (let number = 1; number < 6; number++) {
      const file = join(root, `plugins/plugin-${number}-backend/src/index.ts`);
      const source = await readFile(file, 'utf8');
      await writeFile(file, source.replace('init({ logger }) {', 'init({ logger }) { await new Promise(() => {});'));
    }
    const before = await filesOf(join(root, 'plugins'));
    const child = startProcess(process.execPath, [bin, 'export', '--jobs', '3'], { cwd: root, detached: true });
    const started = await waitFor('verifications', async () => {
      const processes = await processesBelow(child.pid);
      return processes.some(({ command }) => command.includes('startCheck/child/main.cjs.js')) && processes;
    });
    process.kill(whom === 'all of a terminal' ? -child.pid : child.pid, signal);
    expect((await child.exited).code).toBe(130);
    expect(child.stderr()).not.toMatch(/error|failed/);
    const left = (await filesOf(join(root, 'plugins'))).filter((file) => !/\/dist-dynamic\//.test(file));
    expect(left).toEqual(before);
    await waitFor('the children to end', async () => started.every(({ pid }) => !isRunning(pid)));
  });
});

describe('A further export of a workspace', () => {
  test('skips what is unchanged, and tells who is concerned by a change', async () => {
    const root = await workspaceOf(4);
    await exportAll(root);
    const written = await timesIn(join(root, 'plugins'));
    expect(written.size).toBeGreaterThan(8);
    // A process of its own, in which the bundler cannot start.
    const args = ['export', '--json', '--no-start-check'];
    const env = { ESBUILD_BINARY_PATH: join(root, 'esbuild') };
    await writeFile(env.ESBUILD_BINARY_PATH, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const again = await runProcess(process.execPath, [bin, ...args], { cwd: root, env });
    expect(namesBy(exportsOf(again).results, 'unchanged')).toHaveLength(4);
    expect(await timesIn(join(root, 'plugins'))).toEqual(written);
    const forced = await runProcess(process.execPath, [bin, ...args, '--force'], { cwd: root, env });
    expect(namesBy(exportsOf(forced).results, 'failed')).toHaveLength(4);

    await appendFile(join(root, 'plugins/plugin-2-backend/src/index.ts'), '\nexport const more = 1;\n');
    expect(namesBy((await exportAll(root)).results, 'exported')).toEqual(['plugin-2-backend']);

    await writeFile(join(root, 'packages/shop-common/src/index.ts'), 'export const greeting = "good day";\n');
    const { results } = await exportAll(root);
    expect(namesBy(results, 'exported')).toHaveLength(4);
    expect(await readFile(join(results[0]!.result!.path, 'dist/index.cjs.js'), 'utf8')).toContain('"good day"');
  });

  test.each<[string, (root: string) => Promise<unknown>]>([
    ['the lockfile', (root) => writeFiles(root, { 'package-lock.json': { lockfileVersion: 3, packages: { '': {} } } })],
    ['the package.json of the root', (root) => writeFiles(root, { 'package.json': { workspaces: ['plugins/*'] } })],
    ['the Backstage release', (root) => writeFiles(root, { 'backstage.json': { version: '1.50.0' } })],
    ['the tsconfig of the root', (root) => writeFiles(root, { 'tsconfig.json': { compilerOptions: {} } })],
  ])('makes all anew when %s changes', async (_, change) => {
    const root = await workspaceOf(2);
    await exportAll(root);
    await change(root);
    expect(namesBy((await exportAll(root)).results, 'exported')).toHaveLength(2);
  });

  test.each<[string, (bundle: string) => Promise<unknown>]>([
    ['edited', (bundle) => appendFile(join(bundle, 'dist/index.cjs.js'), '\n')],
    ['given another file', (bundle) => writeFile(join(bundle, 'more.txt'), '')],
    ['given another manifest', (bundle) => appendFile(join(bundle, 'dynamic-bundle.json'), '\n')],
    ['removed', (bundle) => rm(bundle, { recursive: true })],
  ])('makes a bundle anew that was %s', async (_, change) => {
    const root = await workspaceOf(3);
    const { results } = await exportAll(root);
    const { path, digest } = results[1]!.result!;
    await change(path);
    const again = await exportAll(root);
    expect(namesBy(again.results, 'exported')).toEqual([results[1]!.name.replace('@acme/', '')]);
    expect(again.results[1]!.result!.digest).toBe(digest);
  });

  test('looks at content, not at times, and makes all anew for --force, other options and a lost cache', async () => {
    const root = await workspaceOf(2);
    await exportAll(root);
    await utimes(join(root, 'plugins/plugin-1-backend/src/index.ts'), new Date(), new Date());
    expect(namesBy((await exportAll(root)).results, 'unchanged')).toHaveLength(2);
    expect(namesBy((await exportAll(root, '--force')).results, 'exported')).toHaveLength(2);
    expect(namesBy((await exportAll(root, '--verify')).results, 'exported')).toHaveLength(2);
    await rm(join(root, 'node_modules/.cache'), { recursive: true });
    expect(namesBy((await exportAll(root)).results, 'exported')).toHaveLength(2);
  });
});

describe('A workspace that cannot be exported', () => {
  test.each<[string, string, Record<string, string | object>, string[], RegExp]>([
    ['lists no folders', 'WORKSPACE_INVALID', { 'package.json': { workspaces: 'plugins' } }, [], /list of folders/],
    ['has a broken pnpm-workspace.yaml', 'WORKSPACE_INVALID', { 'pnpm-workspace.yaml': 'packages: [' }, [], /not YAML/],
    ['has a broken package.json', 'PACKAGE_JSON_INVALID', { 'package.json': '{' }, [], /not JSON/],
    ['holds no plugin', 'WORKSPACE_EMPTY', { 'package.json': { workspaces: ['packages/*'] } }, [], /none of the 4/],
    ['holds none that is selected', 'WORKSPACE_EMPTY', {}, ['--filter', 'nobody'], /matches no plugin/],
    ['is asked for half a job', 'USAGE', {}, ['--jobs', '0.5'], /--jobs takes a positive integer/],
  ])('because it %s is answered with %s', async (_, code, files, args, says) => {
    const root = await workspaceOf(2);
    await writeFiles(root, files);
    const run = await stagedoor(root, 'export', ...args);
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(new RegExp(`^error ${code}: .*`));
    expect(run.stderr).toMatch(says);
    expect(run.stderr).toMatch(/^hint: /m);
  });

  test('because two bundles would have one folder is answered with USAGE', async () => {
    const root = await workspaceOf(2);
    const file = join(root, 'plugins/plugin-1-backend-module-word/package.json');
    await writeFile(
      file,
      (await readFile(file, 'utf8')).replace('@acme/plugin-1-backend-module-word', 'acme-plugin-1-backend'),
    );
    const { code, stderr } = await stagedoor(root, 'export', '--out', 'bundles');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error USAGE: .* would both be written to/);
  });

  test('is not where --filter is given elsewhere', async () => {
    const root = await workspaceOf(2);
    const { code, stderr } = await stagedoor(join(root, 'plugins/plugin-1-backend'), 'export', '--filter', 'x');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error USAGE: --filter selects/);
  });
});
