import { cp, mkdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startProcess } from '../support/childProcess';
import { runStagedoor, stagedoorBin } from '../support/commandLine';
import { ODD_NAME, oddFolder } from '../support/oddFolder';
import { repository } from '../support/repository';
import { tempDir } from '../support/tempDir';
import { waitFor } from '../support/waitFor';
import { copyFixture, filesOf } from './export/exportSupport';
import { rejection, checkStart, startFixture } from './startCheck/startCheckSupport';

/** Runs `stagedoor <args> --json` with an odd temporary folder as well; gives what it prints, or throws what it says. */
async function stagedoor(cwd: string, ...args: string[]): Promise<Record<string, unknown>> {
  const run = await runStagedoor([...args, '--json'], { cwd, env: { TMPDIR: await oddFolder() } });
  if (run.code !== 0) throw new Error(`${run.stdout}\n${run.stderr}`);
  return JSON.parse(run.stdout) as Record<string, unknown>;
}

/** A copy of a fixture of a frontend plugin below `parent`. */
async function frontend(parent: string): Promise<string> {
  await symlink(join(repository, 'node_modules'), join(parent, 'node_modules'), 'dir');
  const dir = join(parent, 'plugin');
  await cp(join(repository, 'test/fixtures/frontends/alpha-and-assets'), dir, { recursive: true });
  return dir;
}

/** Lets the running test verify bundles in an odd temporary folder. */
async function oddTemporary(): Promise<void> {
  const earlier = process.env.TMPDIR;
  process.env.TMPDIR = await oddFolder();
  onTestFinished(() => {
    if (earlier === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = earlier;
  });
}

describe('In a folder with an odd name, behind a link', () => {
  test('a plugin is exported, packed, inspected, signed, verified and installed', async () => {
    const dir = await oddFolder();
    const plugin = await copyFixture('own-files', dir);
    const plain = await copyFixture('own-files', await tempDir());
    const result = await stagedoor(plugin, 'export', '--pack');
    expect(result).toMatchObject({ startCheck: 'passed', path: join(await realpath(plugin), 'dist-dynamic') });
    const { digest, archive } = result as { digest: string; archive: string };
    expect((await stagedoor(plain, 'export')).digest).toBe(digest);

    await stagedoor(dir, 'keygen', '--out', 'key', '--unencrypted');
    await stagedoor(dir, 'sign', archive, '--key', 'key.pem');
    expect(await stagedoor(dir, 'verify', archive, '--key', 'key.pub.pem')).toMatchObject({ digest });
    expect(await stagedoor(dir, 'inspect', archive)).toMatchObject({ name: result.name });

    for (const text of [archive, './plugin/dist-dynamic', pathToFileURL(archive).href]) {
      await writeFile(join(dir, 'dynamic-plugins.yaml'), JSON.stringify({ plugins: [{ package: text }] }));
      await stagedoor(dir, 'install', 'root');
      expect(await filesOf(join(dir, 'root', '@fixture+own-files-dynamic'))).toEqual(
        expect.arrayContaining(['dynamic-bundle.json', 'package.json']),
      );
    }
  });

  test.each(['libraries-that-load-code', 'libraries-with-data', 'library-assets', 'own-worker'])(
    'what a plugin needs of its libraries is found as elsewhere: %s',
    async (fixture) => {
      const [odd, plain] = [await copyFixture(fixture, await oddFolder()), await copyFixture(fixture, await tempDir())];
      const result = await stagedoor(odd, 'export', '--no-start-check');
      expect(result.digest).toBe((await stagedoor(plain, 'export', '--no-start-check')).digest);
    },
  );

  test('a frontend plugin is exported to the same bytes as elsewhere', { timeout: 120_000 }, async () => {
    const exported = async (parent: string): Promise<unknown> =>
      (await stagedoor(await frontend(parent), 'export')).digest;
    const odd = await oddFolder(ODD_NAME.replaceAll(/[!?|]/g, ''));
    expect(await exported(odd)).toBe(await exported(await tempDir()));
    // Every path has other letters, and the minifier must not count them.
    const digests = new Set<unknown>();
    for (let folder = 0; folder < 5; folder++) {
      digests.add((await stagedoor(await frontend(await tempDir()), 'export', '--no-start-check')).digest);
    }
    expect(digests.size).toBe(1);
  });

  test('a frontend plugin is refused for what Rspack cannot have in a path', async () => {
    const dir = await frontend(await oddFolder());
    const { code, stderr } = await runStagedoor(['export'], { cwd: dir });
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error BUILD_FAILED: .*! \? \|/m),
    });
    expect(stderr).toMatch(/^hint: Move the workspace/m);
  });

  test('doctor examines a plugin and a portal, and writes commands that a shell takes', async () => {
    const dir = await oddFolder();
    const plugin = await copyFixture('own-files', dir);
    const run = (cwd: string) => runStagedoor(['doctor', '--json'], { cwd });
    const { findings } = JSON.parse((await run(plugin)).stdout) as { findings: Array<{ level: string }> };
    expect(findings.filter(({ level }) => level === 'error')).toEqual([]);
    await writeFile(join(dir, 'app-config.yaml'), JSON.stringify({ dynamicPlugins: { rootDirectory: 'roo t' } }));
    const portal = JSON.parse((await run(dir)).stdout) as { findings: Array<{ fix: string }> };
    const command = portal.findings.map(({ fix }) => /mkdir -p .*/.exec(fix)?.[0]).find(Boolean)!;
    const shell = startProcess('sh', ['-euc', command]);
    expect(await shell.exited).toEqual({ code: 0, signal: null });
    expect(await filesOf(join(dir, 'roo t'))).toEqual([]);
  });

  test('dev runs a plugin, and again when it is changed', async () => {
    const dir = await oddFolder();
    const plugin = await copyFixture('own-files', dir);
    const root = join(dir, 'root');
    await mkdir(root);
    const dev = startProcess(process.execPath, [stagedoorBin, 'dev', plugin, '--portal', root]);
    onTestFinished(async () => void (await dev.stop()));
    const code = join(root, '@fixture+own-files-dynamic/dist/plugin.cjs.js');
    const holds = (text: string) => async () => (await readFile(code, 'utf8').catch(() => '')).includes(text);
    await waitFor('the first bundle', holds('templates'), 20_000);
    await waitFor('the watcher', async () => dev.output().includes('watching'), 20_000);
    const source = join(plugin, 'src/index.ts');
    await writeFile(source, `${await readFile(source, 'utf8')}\nconsole.log('changed once');\n`);
    await waitFor('the second bundle', holds('changed once'), 20_000).catch((error: Error) => {
      throw new Error(`${error.message}\n${dev.output()}`);
    });
  });
});

describe('With an odd temporary folder', () => {
  test.each([
    ['throws-in-init', 'INIT_FAILED', /, at index\.cjs:\d+\.$/],
    ['undeclared-package', 'MODULE_NOT_FOUND', /imports 'express.*' in server\.cjs:1,/],
    ['syntax-error', 'LOAD_FAILED', /, at index\.cjs:\d+\.$/],
  ])('a bundle that does not start is explained by its own lines: %s', async (fixture, code, message) => {
    await oddTemporary();
    const error = await rejection(checkStart(startFixture(fixture), { sharedFrom: repository }));
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('an ES module that does not start is explained by its own lines, too', async () => {
    const dir = join(await tempDir(), 'bundle');
    await cp(startFixture('es-module'), dir, { recursive: true });
    const { main } = JSON.parse(await readFile(join(dir, 'package.json'), 'utf8')) as { main: string };
    await writeFile(join(dir, main), "throw new Error('at the top');\n");
    await oddTemporary();
    const error = await rejection(checkStart(dir, { sharedFrom: repository }));
    expect(error.message).toMatch(
      new RegExp(`: at the top, at ${main.replace('./', '').replaceAll('.', '\\.')}:1\\.$`),
    );
  });
});

describe('Below folders that are called as those of installed packages and of bundles', () => {
  test.each(['node_modules/work/checkout', 'node_modules/.cache/checkout', 'dist-dynamic/node_modules/@x/checkout/y'])(
    'a plugin is exported to the same bytes: %s',
    async (place) => {
      const plain = await copyFixture('own-files', await tempDir());
      const parent = join(await tempDir(), place);
      await mkdir(parent, { recursive: true });
      const plugin = await copyFixture('own-files', parent);
      const [expected, result] = [await stagedoor(plain, 'export'), await stagedoor(plugin, 'export', '--pack')];
      expect(result.digest).toBe(expected.digest);
    },
  );
});

test('A plugin is exported to the same decisions however deep its folder lies', { timeout: 60_000 }, async () => {
  const exported = async (place: string) => {
    const parent = join(await tempDir(), place);
    await mkdir(parent, { recursive: true });
    await symlink(join(repository, 'node_modules'), join(parent, 'node_modules'), 'dir');
    const dir = join(parent, 'plugin');
    for (const name of ['package.json', 'config.d.ts', 'src', 'migrations'])
      await cp(join(repository, 'examples/hello-dynamic-backend', name), join(dir, name), { recursive: true });
    return await stagedoor(dir, 'export', '--no-start-check');
  };
  const [flat, deep] = [await exported('.'), await exported('a/b/c/d/e/f/g/h/i/j/k/l')];
  expect(deep.hoisted).toEqual(flat.hoisted);
});
