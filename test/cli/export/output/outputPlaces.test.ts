import { chmod, mkdir, readFile, readdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { basename, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runProcess } from '../../../support/childProcess';
import { runWithMounts } from '../../../support/mountNamespace';
import { repository } from '../../../support/repository';
import { tempDir } from '../../../support/tempDir';
import { runUnprivileged } from '../../../support/unprivileged';
import { bin, copyFixture, exported, filesOf, fixturePackage, stagedoor } from '../exportSupport';
import { workspaceOf, type Outcome } from '../../workspace/workspaceSupport';

/** A folder name of 200 characters with what paths, URLs, globs and shells find special. */
const LONG = `ünï漢字 'q" $x %41 #? [a] (b) {c} ! & ;`.padEnd(200, 'x');

describe('An export', () => {
  it('works in a path with spaces, unicode, special characters and 200 characters', async () => {
    const parent = join(await tempDir(), LONG);
    await mkdir(parent);
    const dir = await copyFixture('own-files', parent);
    const plain = await exported(await fixturePackage('own-files'), '--pack');
    const result = await exported(dir, '--pack');
    expect(result.path).toBe(join(dir, 'dist-dynamic'));
    expect(result.startCheck).toBe('passed');
    expect(result.integrity).toBe(plain.integrity);
  });

  it('of a folder in a folder needs no ./ before it, as a shell completes paths', async () => {
    const parent = await tempDir();
    await mkdir(join(parent, 'plugins'));
    const dir = await copyFixture('own-files', join(parent, 'plugins'));
    const { code, stderr } = await stagedoor(parent, 'export', `plugins/${basename(dir)}`, '--no-start-check');
    expect(code, stderr).toBe(0);
    expect(await readdir(dir)).toContain('dist-dynamic');
  });

  it('of a library with assets and hoisted packages works in such a path too', async () => {
    const parent = join(await tempDir(), LONG);
    await mkdir(parent);
    const result = await exported(await copyFixture('native-addon', parent));
    expect(result.hoisted.map(({ name }) => name)).toEqual(['better-sqlite3']);
  });

  it('of a workspace works in such a path too', async () => {
    const root = join(await tempDir(), LONG);
    await rename(await workspaceOf(2), root);
    const { stdout, stderr } = await stagedoor(root, 'export', '--json');
    const { results } = JSON.parse(stdout) as { results: Outcome[] };
    expect(
      results.map(({ status }) => status),
      stderr,
    ).toEqual(['exported', 'exported']);
  });

  it('of a folder that is a link writes to the folder that it leads to', async () => {
    const dir = await fixturePackage('own-files');
    const link = join(await tempDir(), 'link');
    await symlink(dir, link);
    const direct = await exported(dir, '--no-start-check');
    await rm(direct.path, { recursive: true });
    for (const [cwd, ...target] of [[link], ['/', link], [dir, link]] as const) {
      const result = await exported(cwd, ...target, '--no-start-check');
      expect(result.digest).toBe(direct.digest);
      expect(await readdir(direct.path)).toContain('dynamic-bundle.json');
      await rm(direct.path, { recursive: true });
    }
  });

  it('works when the output lies on another file system than the package, the archive included', async () => {
    const dir = await fixturePackage('own-files');
    const run = await runWithMounts(
      'mount -t tmpfs tmpfs "$2"; cd "$1"; "$3" "$4" export --no-start-check --pack --out "$2/bundle"; ls -A "$2"',
      [dir, await tempDir(), process.execPath, bin],
    );
    expect(run.code, run.stderr).toBe(0);
    expect(run.stdout.split('\n').filter(Boolean)).toEqual(['bundle', 'fixture-own-files-dynamic-1.0.0.tgz']);
  });

  it('replaces a bundle that a lower layer of an overlay brought, as an image of a container does', async () => {
    const dir = await fixturePackage('own-files');
    await exported(dir, '--no-start-check');
    // `userxattr` needs no rights of root, and leaves folders of the lower layer that cannot be renamed.
    const run = await runWithMounts(
      `mount -t tmpfs tmpfs "$2"; mkdir "$2/upper" "$2/work" "$2/merged"
       mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work,userxattr" "$2/merged"
       ln -s "$5" "$2/node_modules"; cd "$2/merged"; touch dist-dynamic/stray
       "$3" "$4" export --no-start-check; ls -A dist-dynamic; ls -A | grep '^[.]dist' || true`,
      [dir, await tempDir(), process.execPath, bin, join(repository, 'node_modules')],
    );
    expect(run.code, run.stderr).toBe(0);
    expect(run.stdout).toContain('dynamic-bundle.json');
    expect(run.stdout).not.toMatch(/stray|\.dist-dynamic/);
  });

  it('fills an output folder that is a mount point, and replaces what an earlier export left there', async () => {
    const dir = await fixturePackage('own-files');
    const run = await runWithMounts(
      `mount -t tmpfs tmpfs "$2"; mkdir "$2/lost+found"; cd "$1"
       for round in 1 2; do "$3" "$4" export --no-start-check --out "$2"; touch "$2/stray"; done
       "$3" "$4" export --no-start-check --out "$2"; ls -A "$2"`,
      [dir, await tempDir(), process.execPath, bin],
    );
    expect(run.code, run.stderr).toBe(0);
    const left = run.stdout.split('\n').filter(Boolean);
    expect(left).toEqual(expect.arrayContaining(['dist', 'dynamic-bundle.json', 'lost+found', 'package.json']));
    expect(left.filter((name) => name === 'stray' || name.startsWith('.'))).toEqual([]);
  });

  it('follows an output folder that is a link, and leaves the link', async () => {
    const dir = await fixturePackage('own-files');
    const real = await tempDir();
    await symlink(real, join(dir, 'dist-dynamic'));
    for (let round = 1; round <= 2; round++) await exported(dir, '--no-start-check');
    expect(await readlink(join(dir, 'dist-dynamic'))).toBe(real);
    expect(await readdir(real)).toContain('dynamic-bundle.json');
  });

  it('replaces a dist-dynamic that another tool made of the same plugin', async () => {
    const dir = await fixturePackage('own-files');
    await mkdir(join(dir, 'dist-dynamic/node_modules/left-pad'), { recursive: true });
    await writeFile(
      join(dir, 'dist-dynamic/package.json'),
      '{"name": "@fixture/own-files-dynamic", "bundleDependencies": true}',
    );
    const { path } = await exported(dir, '--no-start-check');
    expect(await readdir(path)).not.toContain('node_modules');
  });

  it.each(['{"name": "something-else"}', '{'])(
    'does not replace a dist-dynamic whose package.json is %s',
    async (text) => {
      const dir = await fixturePackage('own-files');
      await mkdir(join(dir, 'dist-dynamic'));
      await writeFile(join(dir, 'dist-dynamic/package.json'), text);
      const { code, stderr } = await stagedoor(dir, 'export', '--no-start-check');
      expect(code).toBe(1);
      expect(stderr).toMatch(/^error OUTPUT_NOT_A_BUNDLE: /m);
      expect(await readFile(join(dir, 'dist-dynamic/package.json'), 'utf8')).toBe(text);
    },
  );

  it.each(['.', '..'])('does not replace the package itself for --out %s', async (out) => {
    const dir = await fixturePackage('own-files');
    await writeFile(join(dir, 'dynamic-bundle.json'), '{}');
    await writeFile(join(dir, '../dynamic-bundle.json'), '{}');
    const before = await filesOf(dir);
    const { code, stderr } = await stagedoor(dir, 'export', '--no-start-check', '--out', out);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error OUTPUT_NOT_A_BUNDLE: .* holds the package that is exported/);
    expect(await filesOf(dir)).toEqual(before);
  });

  it.each(['templates/bundle', 'dist/bundle', 'bundle'])(
    'to %s, among the files that the package publishes, does not end up in the next one, nor does its archive',
    async (out) => {
      const dir = await fixturePackage('own-files');
      const file = join(dir, 'package.json');
      const manifest = JSON.parse(await readFile(file, 'utf8')) as { files: string[] };
      await writeFile(file, JSON.stringify({ ...manifest, files: undefined }));
      const first = await exported(dir, '--no-start-check', '--pack', '--out', out);
      const second = await exported(dir, '--no-start-check', '--pack', '--out', out);
      const elsewhere = await exported(dir, '--no-start-check', '--pack');
      expect(second.digest).toBe(first.digest);
      expect(elsewhere.integrity).toBe(first.integrity);
      expect((await filesOf(first.path)).filter((name) => /bundle\/|\.tgz$/.test(name))).toEqual([]);
    },
  );
});

describe('An export that cannot write', () => {
  it('because the disk is full says so and how to go on, and leaves the older bundle as it was', async () => {
    const dir = await fixturePackage('own-files');
    await writeFile(join(dir, 'templates/large.bin'), randomBytes(2_000_000));
    for (const [size, pack] of [
      ['1m', ''],
      ['3m', '--pack'],
    ] as const) {
      const run = await runWithMounts(
        `mount -t tmpfs -o size=${size} tmpfs "$2"; mkdir "$2/bundle"; echo old > "$2/bundle/dynamic-bundle.json"; cd "$1"
         "$3" "$4" export --no-start-check ${pack} --json --out "$2/bundle" || echo "ended with $?"; ls -AR "$2"`,
        [dir, await tempDir(), process.execPath, bin],
      );
      expect(run.stderr).toMatch(
        /^error OUTPUT_UNWRITABLE: .*\/bundle: ENOSPC.*\nhint: Free space on that disk, or .*--out/m,
      );
      expect(run.stdout).toMatch(/^\{"error":\{"code":"OUTPUT_UNWRITABLE".*\}\nended with 1\n/);
      expect(run.stdout).toMatch(/:\nbundle\n\n.*\/bundle:\ndynamic-bundle\.json\n$/);
    }
  });

  it('because the temporary folder is full names it, where the bundle is started', async () => {
    const dir = await fixturePackage('own-files');
    await writeFile(join(dir, 'templates/large.bin'), randomBytes(2_000_000));
    const run = await runWithMounts(
      'mount -t tmpfs -o size=1m tmpfs "$2"; cd "$1"; TMPDIR="$2" "$3" "$4" export || ls -A "$2" "$1"',
      [dir, await tempDir(), process.execPath, bin],
    );
    expect(run.stderr).toMatch(/^error VERIFY_FAILED: .*ENOSPC.*\nhint: .*TMPDIR/m);
    expect(run.stdout).not.toMatch(/stagedoor-start-check|dist-dynamic/);
  });

  it('because files may not be that large says so', async () => {
    const dir = await fixturePackage('own-files');
    await writeFile(join(dir, 'templates/large.bin'), randomBytes(2_000_000));
    const { code, stderr } = await runProcess(
      'sh',
      ['-c', 'ulimit -f 1000; exec "$@"', 'sh', process.execPath, bin, 'export', '--no-start-check'],
      { cwd: dir },
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error OUTPUT_UNWRITABLE: .*EFBIG.*\nhint: .*ulimit/m);
    expect(await readdir(dir)).not.toContain('dist-dynamic');
  });

  it('because its user may not, says where and leaves nothing behind', async () => {
    const dir = await packageOf('own-files', 0o555);
    const before = await filesOf(dir);
    const { code, stderr } = await runUnprivileged(process.execPath, [bin, 'export', '--no-start-check'], { cwd: dir });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error OUTPUT_UNWRITABLE: .*plugin\/dist-dynamic: EACCES.*\nhint: .*permissions/m);
    expect(await filesOf(dir)).toEqual(before);
  });

  it('because the file system is read-only, says so', async () => {
    const dir = await fixturePackage('own-files');
    const run = await runWithMounts(
      'mount -t tmpfs -o ro tmpfs "$2"; cd "$1"; "$3" "$4" export --no-start-check --out "$2/bundle"',
      [dir, await tempDir(), process.execPath, bin],
    );
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/^error OUTPUT_UNWRITABLE: .*\/bundle: EROFS.*\nhint: .*--out/m);
  });

  it('beside the output folder, but in it, fills it', async () => {
    const dir = await packageOf('own-files', 0o755);
    const out = join(dir, 'dist-dynamic');
    await mkdir(out);
    await chmod(dir, 0o555);
    for (let round = 1; round <= 2; round++) {
      const run = await runUnprivileged(process.execPath, [bin, 'export', '--no-start-check'], { cwd: dir });
      expect(run.code, run.stderr).toBe(0);
    }
    expect(await readdir(out)).toContain('dynamic-bundle.json');
    expect((await readdir(out)).filter((name) => name.startsWith('.dist'))).toEqual([]);
  });

  it('because the name is too long for the file system, says so', async () => {
    const dir = await fixturePackage('own-files');
    const { code, stderr } = await stagedoor(dir, 'export', '--no-start-check', '--out', `${'n'.repeat(256)}/bundle`);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error OUTPUT_UNWRITABLE: .*ENAMETOOLONG.*\nhint: .*shorter path/m);
  });
});

describe('An export that cannot read', () => {
  it('a file that the package publishes, names it', async () => {
    const dir = await packageOf('own-files', 0o777);
    await chmod(join(dir, 'templates/greeting.txt'), 0o000);
    const { code, stderr } = await runUnprivileged(process.execPath, [bin, 'export', '--no-start-check'], { cwd: dir });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error SOURCE_UNREADABLE: .*EACCES.*greeting\.txt.*\nhint: .*permissions/m);
    expect(await readdir(dir)).not.toContain('dist-dynamic');
  });
});

/** A fixture in a folder with these rights. */
async function packageOf(fixture: string, mode: number): Promise<string> {
  const dir = await fixturePackage(fixture);
  // Runs before the folder is removed.
  onTestFinished(() => chmod(dir, 0o755));
  await chmod(dir, mode);
  return dir;
}
