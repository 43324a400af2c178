import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportPlugin } from '@stagedoor/cli/api';
import { runProcess } from '../../../support/childProcess';
import { runWithMounts } from '../../../support/mountNamespace';
import { repository } from '../../../support/repository';
import { bin, filesOf, fixturePackage, stagedoor } from '../exportSupport';

describe('An export whose tools fail', () => {
  it('names the package of esbuild that is not installed for this platform', async () => {
    const dir = await fixturePackage('own-files');
    const before = await filesOf(dir);
    const { code, stderr } = await runWithMounts('mount -t tmpfs tmpfs "$1"; cd "$2"; "$3" "$4" export', [
      join(repository, 'node_modules/@esbuild'),
      dir,
      process.execPath,
      bin,
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error BUILD_FAILED: esbuild did not run: The package "@esbuild\/.*\nhint: Install the /m);
    expect(await filesOf(dir)).toEqual(before);
  });

  it('says that the process of esbuild ended', async () => {
    const dir = await fixturePackage('own-files');
    const fake = join(dir, '..', 'esbuild');
    await writeFile(fake, '#!/bin/sh\nread line\nkill -9 $$\n');
    await chmod(fake, 0o755);
    const { code, stderr } = await runProcess(process.execPath, [bin, 'export'], {
      cwd: dir,
      env: { ESBUILD_BINARY_PATH: fake },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^error BUILD_FAILED: esbuild did not run: .*\nhint: Something ended the process of esbuild/m,
    );
  });

  it('names the package.json of a shared package that an install left half written', async () => {
    const dir = await fixturePackage('own-files');
    const broken = join(dir, 'node_modules/@backstage/backend-defaults');
    await mkdir(broken, { recursive: true });
    await writeFile(join(broken, 'package.json'), '{"name": "@back');
    const { code, stderr } = await stagedoor(dir, 'export');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error PACKAGE_JSON_INVALID: .*backend-defaults\/package\.json is not JSON/m);
  });

  it('names the package.json of a dependency that an install left half written', async () => {
    const dir = await fixturePackage('own-files');
    await mkdir(join(dir, 'node_modules/half'), { recursive: true });
    await writeFile(join(dir, 'node_modules/half/package.json'), '{"name": "ha');
    await writeFile(join(dir, 'node_modules/half/index.js'), 'module.exports = 1;');
    await writeFile(join(dir, 'src/index.ts'), "import half from 'half';\nexport default half;\n");
    const { code, stderr } = await stagedoor(dir, 'export');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error PACKAGE_JSON_INVALID: .*half\/package\.json is not JSON.*\nhint: Install /m);
  });

  it.each([
    ['esbuild', 'BUILD_FAILED', 'src/index.ts', 'bundle', 'errors'],
    ['Node.js', 'OUTPUT_UNWRITABLE', 'file', 'file/bundle', 'syscall'],
  ])('keeps the error of %s as the cause of %s', async (_, code, broken, out, field) => {
    const dir = await fixturePackage('own-files');
    await writeFile(join(dir, broken), 'export default createPlugin(');
    const failure = await exportPlugin({ cwd: dir, out, pack: false, startCheck: false }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code });
    expect((failure as Error).cause).toHaveProperty(field);
  });
});
