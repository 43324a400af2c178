import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProcess, startProcess } from '../support/childProcess';
import { repository } from '../support/repository';
import { tempDir } from '../support/tempDir';
import { waitFor } from '../support/waitFor';
import { bin, exported, filesOf, fixturePackage } from './exportSupport';

const hello = join(repository, 'examples/hello-dynamic-backend');

/** Three exports that each compile the config schema anew, and two copies of packages. */
const PATIENT = { timeout: 120_000 };

/** A checkout of the hello example at `root` with real copies of the packages that it bundles. */
async function checkout(root: string, packages: string[]): Promise<string> {
  const dir = join(root, 'plugins/hello');
  await mkdir(join(root, 'node_modules'), { recursive: true });
  await writeFile(join(root, 'package-lock.json'), '{"lockfileVersion": 3}\n');
  for (const file of ['package.json', 'config.d.ts', 'README.md', 'src', 'migrations']) {
    await cp(join(hello, file), join(dir, file), { recursive: true });
  }
  for (const name of packages) {
    await cp(join(repository, 'node_modules', name), join(root, 'node_modules', name), { recursive: true });
  }
  return dir;
}

describe('Two exports of one commit', () => {
  it(
    'are byte-identical, folder and archive, in folders of other depth, with other umask, locale and cores',
    PATIENT,
    async () => {
      const base = await tempDir();
      const reference = await exported(hello, '--no-verify', '--out', join(base, 'reference'));
      const packages = [...new Set(reference.inlined.map((entry) => entry.name))];
      const one = await checkout(join(base, 'one'), packages);
      const two = await checkout(join(base, 'a much/deeper/Ünïcode/folder'), packages);
      const first = await exported(one, '--no-verify', '--pack');
      const { code, stdout, stderr } = await runProcess(
        'sh',
        ['-c', 'umask 077; exec "$@"', 'sh', process.execPath, bin, 'export', '--no-verify', '--pack', '--json'],
        { cwd: two, env: { LC_ALL: 'tr_TR.UTF-8', TZ: 'Asia/Tokyo', GOMAXPROCS: '1', USER: 'somebody' } },
      );
      expect(code, stderr).toBe(0);
      const second = JSON.parse(stdout) as typeof first;
      expect(second.digest).toBe(first.digest);
      expect(second.integrity).toBe(first.integrity);
      for (const file of await filesOf(first.path)) {
        expect(await readFile(join(second.path, file)), file).toEqual(await readFile(join(first.path, file)));
      }
    },
  );
});

describe('An export that is interrupted', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('by %s ends with 130 and leaves nothing behind', async (signal) => {
    const dir = await fixturePackage('own-files');
    const before = await filesOf(dir);
    const child = startProcess(process.execPath, [bin, 'export'], { cwd: dir });
    await waitFor('the verification', async () => child.stderr().includes('verify '));
    expect(await child.stop(signal)).toEqual({ code: 130, signal: null });
    expect(child.stderr()).not.toMatch(/error|exported/);
    expect(await filesOf(dir)).toEqual(before);
    expect((await readdir(dir)).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

describe('export-dynamic', () => {
  it('is there for npm scripts of a plugin package and exports it', async () => {
    const out = join(await tempDir(), 'bundle');
    const { code, stderr } = await runProcess('npm', ['run', 'export-dynamic', '--', '--out', out], { cwd: hello });
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('opened    /api/hello/ping (unauthenticated)');
    const files = await filesOf(out);
    expect(files).toContain('migrations/20260801000000_things.js');
    const schema = JSON.parse(await readFile(join(out, 'dist/.config-schema.json'), 'utf8')) as object;
    expect(schema).toMatchObject({
      backstageConfigSchemaVersion: 1,
      schemas: [
        {
          packageName: '@stagedoor/hello-dynamic-backend',
          path: '@stagedoor/hello-dynamic-backend/config.d.ts',
          value: { properties: { hello: { properties: { greeting: { type: 'string', visibility: 'backend' } } } } },
        },
      ],
    });
  });
});
