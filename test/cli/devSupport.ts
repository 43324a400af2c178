import { cp, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startProcess, type ChildProcess } from '../support/childProcess';
import { startPortal, type Portal, type PortalOptions } from '../support/portal';
import { repository } from '../support/repository';
import { tempDir } from '../support/tempDir';
import { waitFor } from '../support/waitFor';
import { bin } from './exportSupport';

/** A plugin that is developed in a running portal. */
export interface Development {
  portal: Portal;
  dev: ChildProcess;
  /** Folder of the package. */
  plugin: string;
  /** Saves a source file with `from` replaced by `to`, as editors do: a new file in the place of the old one. */
  change(file: string, from: string | RegExp, to: string): Promise<void>;
  /** Stops `stagedoor dev` as Ctrl-C does. */
  stop: () => Promise<unknown>;
}

/** A copy of the hello example with what this repository has installed, in `stagedoor dev`, until the running test ends. */
export async function developHello(options: PortalOptions = {}): Promise<Development> {
  const dir = await tempDir();
  const plugin = join(dir, 'hello');
  await cp(join(repository, 'examples/hello-dynamic-backend'), plugin, {
    recursive: true,
    filter: (path) => !/^(\.?dist|node_modules)|\.tgz$/.test(basename(path)),
  });
  for (const name of ['node_modules', 'package-lock.json']) await symlink(join(repository, name), join(plugin, name));
  const portal = await startPortal(options);
  onTestFinished(async () => void (await portal.stop()));
  const dev = startProcess(process.execPath, [bin, 'dev', plugin, '--portal', portal.root]);
  onTestFinished(async () => void (await dev.stop()));
  await waitFor('stagedoor dev to watch', async () => dev.exit() !== undefined || dev.output().includes('watching'));
  if (dev.exit()) throw new Error(dev.output());
  await waitFor('the first answer', async () => (await portal.fetch('/api/hello/ping')).ok, 20_000);
  const change = async (file: string, from: string | RegExp, to: string): Promise<void> => {
    const path = join(plugin, file);
    await writeFile(`${path}.new`, (await readFile(path, 'utf8')).replace(from, to));
    await rename(`${path}.new`, path);
  };
  return { portal, dev, plugin, change, stop: () => dev.stop('SIGINT') };
}

/** The number that the open route answers with, written into its source by {@link saveNumber}. */
export async function saveNumber({ change }: Development, number: number): Promise<void> {
  await change('src/router.ts', /message: greeting[^,]*,/, `message: greeting + ' ${number}',`);
}

/** Asks until the open route answers with the number; gives the milliseconds since `began` (of `performance.now()`). */
export async function untilNumber({ portal }: Development, number: number, began: number): Promise<number> {
  for (;;) {
    const answer = await portal.fetch('/api/hello/ping');
    const { message } = (await answer.json()) as { message: string };
    if (answer.ok && message.endsWith(` ${number}`)) return performance.now() - began;
    if (performance.now() - began > 20_000) throw new Error(`Still ${answer.status} ${message}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
