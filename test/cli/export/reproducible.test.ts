import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProcess } from '../../support/childProcess';
import { runWithMounts } from '../../support/mountNamespace';
import { patience } from '../../support/patience';
import { repository } from '../../support/repository';
import { tempDir } from '../../support/tempDir';
import { unprivileged } from '../../support/unprivileged';
import { bin, exported, filesOf } from './exportSupport';

type Result = Awaited<ReturnType<typeof exported>>;

/** Exports that compile config schemas anew, and copies of packages. */
const PATIENT = { timeout: patience.longTestMs };

const hello = join(repository, 'examples/hello-dynamic-backend');
const HELLO_FILES = ['package.json', 'config.d.ts', 'README.md', 'src', 'migrations'];

describe('Two exports of one commit', () => {
  it(
    'are byte-identical: folder and archive, in other folders, a year later, by another user, on one core, with other umask, locale and time zone',
    PATIENT,
    async () => {
      const base = await tempDir();
      const reference = await exported(hello, '--no-start-check', '--out', join(base, 'reference'));
      const packages = [...new Set(reference.inlined.map(({ name }) => name))];
      const one = await checkout(join(base, 'one'), packages);
      const two = await checkout(join(base, 'a much/deeper/Ünïcode/folder'), packages);
      await runProcess('find', [two, '-exec', 'touch', '-d', '2001-02-03', '{}', '+']);
      const stranger = await makeStranger(base);
      const first = await exported(one, '--pack');
      const second = await resultOf(
        runProcess('sh', ['-euc', stranger.script, 'sh', process.execPath, bin, 'export', '--pack', '--json'], {
          cwd: two,
          env: stranger.env,
        }),
      );
      await expectSame(first, second, [base, repository, 'deeper/']);
    },
  );

  it(
    'are so too for a published plugin with hoisted packages, whose whole install lies elsewhere',
    PATIENT,
    async () => {
      const base = await tempDir();
      const moved = join(base, 'a much/deeper/Ünïcode/folder');
      const out = join(base, 'out');
      for (const dir of [moved, out]) await mkdir(dir, { recursive: true });
      const stranger = await makeStranger(base);
      const plugin = '@backstage-community/plugin-todo-backend';
      const first = await exported(join(repository, 'test'), plugin, '--pack', '--out', join(base, 'one'));
      const second = await resultOf(
        runWithMounts(
          // Nothing of the first place can be read by accident: it is hidden.
          `mount --bind "$1" "$2"; mount -t tmpfs tmpfs "$1"; cd "$2/test"; shift 2; ${stranger.script}`,
          [repository, moved, process.execPath, join(moved, 'cli/bin/stagedoor.js')].concat([
            'export',
            plugin,
            '--json',
            '--pack',
            '--out',
            join(out, 'two'),
          ]),
          { env: stranger.env },
        ),
      );
      expect(first.hoisted.map(({ name }) => name)).toEqual(['leasot']);
      await expectSame(first, second, [base, repository, 'deeper/']);
    },
  );

  it('are so too whether the plugin is exported alone or beside others of its workspace', PATIENT, async () => {
    const root = await tempDir();
    await symlink(join(repository, 'node_modules'), join(root, 'node_modules'));
    for (const name of ['one', 'two']) await copyHello(join(root, 'plugins', name));
    const alone = await exported(join(root, 'plugins/one'), '--pack', '--no-start-check', '--out', '../../alone');
    await writeFile(join(root, 'package.json'), '{"workspaces": ["plugins/*"]}');
    const run = await runProcess(process.execPath, [bin, 'export', '--json', '--pack', '--no-start-check'], {
      cwd: root,
    });
    expect(run.code, run.stderr).toBe(0);
    const { results } = JSON.parse(run.stdout) as { results: Array<{ result: Result }> };
    expect(results.map(({ result }) => result.integrity)).toEqual([alone.integrity, alone.integrity]);
  });
});

/** Both bundles have the same bytes, and none of them names one of `places`. */
async function expectSame(first: Result, second: Result, places: string[]): Promise<void> {
  expect([first.startCheck, second.startCheck]).toEqual(['passed', 'passed']);
  expect(basename(second.archive!)).toBe(basename(first.archive!));
  expect(await filesOf(second.path)).toEqual(await filesOf(first.path));
  for (const file of await filesOf(first.path)) {
    const content = await readFile(join(first.path, file));
    expect(await readFile(join(second.path, file)), file).toEqual(content);
    for (const place of places) expect(content.includes(place), `${place} in ${file}`).toBe(false);
  }
  expect(second.integrity).toBe(first.integrity);
}

/** A checkout of the hello example at `root` with real copies of the packages that it bundles. */
async function checkout(root: string, packages: string[]): Promise<string> {
  const dir = join(root, 'plugins/hello');
  await copyHello(dir);
  await cp(join(repository, 'package-lock.json'), join(root, 'package-lock.json'));
  for (const name of packages) {
    await cp(join(repository, 'node_modules', name), join(root, 'node_modules', name), { recursive: true });
  }
  return dir;
}

async function copyHello(dir: string): Promise<void> {
  for (const file of HELLO_FILES) await cp(join(hello, file), join(dir, file), { recursive: true });
}

/** How somebody else on another machine runs a command, given as `"$@"`: as another user too, where tests run as root. */
async function makeStranger(base: string): Promise<{ script: string; env: Record<string, string> }> {
  const home = join(base, 'home');
  await mkdir(home);
  return {
    script: `umask 077; exec ${[...unprivileged(), 'taskset', '-c', '0'].join(' ')} "$@"`,
    env: {
      LC_ALL: 'tr_TR.UTF-8',
      TZ: 'Asia/Tokyo',
      USER: 'somebody',
      HOME: home,
      TMPDIR: home,
      NODE_OPTIONS: `--require ${JSON.stringify(await copyClock(base))}`,
    },
  };
}

/** In a folder that stays visible when the repository is not. */
async function copyClock(base: string): Promise<string> {
  const file = join(base, 'shiftedClock.cjs');
  await cp(join(repository, 'test/fixtures/preload/shiftedClock.cjs'), file);
  return file;
}

async function resultOf(running: ReturnType<typeof runProcess>): Promise<Result> {
  const { code, stdout, stderr } = await running;
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Result;
}
