import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startProcess } from '../../support/childProcess';
import { repository } from '../../support/repository';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';
import { bin } from '../export/exportSupport';

test.each([120, 250, 400])(
  'SIGTERM ends `stagedoor dev` while it builds, %i ms after a save, and its folder is removed',
  async (delayMs) => {
    const dir = await tempDir();
    const plugin = join(dir, 'plugin');
    await cp(join(repository, 'examples/hello-dynamic-backend'), plugin, {
      recursive: true,
      filter: (path) => !/^(\.?dist|node_modules)|\.tgz$/.test(basename(path)),
    });
    await symlink(join(repository, 'node_modules'), join(dir, 'node_modules'));
    const root = join(dir, 'root');
    await mkdir(root);
    const dev = startProcess(process.execPath, [bin, 'dev', '--portal', root], { cwd: plugin });
    onTestFinished(async () => void (await dev.stop('SIGKILL')));
    await waitFor('stagedoor dev to watch', async () => dev.output().includes('watching'));
    const file = join(plugin, 'src/router.ts');
    await writeFile(file, `${await readFile(file, 'utf8')}\n// changed\n`);
    await sleep(delayMs);
    process.kill(dev.pid, 'SIGTERM');
    await rm(plugin, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
    expect(await dev.exited).toEqual({ code: 0, signal: null });
  },
);
