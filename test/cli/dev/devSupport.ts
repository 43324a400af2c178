import { cp, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { startProcess, type ChildProcess } from '../../support/childProcess';
import { startPortal, type Portal, type PortalOptions } from '../../support/portal';
import { repository } from '../../support/repository';
import { makeTempDir, removeTempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';
import { bin } from '../export/exportSupport';

/** Plugins that are developed in a running portal. */
export interface Development {
  portal: Portal;
  dev: ChildProcess;
  /** Folders of the packages, in the order in which they were asked for. */
  packages: string[];
  /** Ends `stagedoor dev` and the portal. */
  end(): Promise<void>;
}

/**
 * Copies of examples, with what this repository has installed, in `stagedoor dev`; `more` makes further packages in the
 * folder that it is given. The caller ends it.
 */
export async function develop(
  examples: string[],
  { more, ...options }: PortalOptions & { more?(dir: string): Promise<string[]> } = {},
): Promise<Development> {
  const dir = await makeTempDir();
  const ends: Array<() => Promise<unknown>> = [() => removeTempDir(dir)];
  const end = async (): Promise<void> => {
    for (const each of [...ends].reverse()) await each();
  };
  try {
    await symlink(join(repository, 'node_modules'), join(dir, 'node_modules'));
    const packages = await Promise.all(examples.map((name) => copyExample(name, join(dir, name))));
    packages.push(...((await more?.(dir)) ?? []));
    const portal = await startPortal(options);
    ends.push(() => portal.stop());
    const dev = startProcess(process.execPath, [bin, 'dev', ...packages, '--portal', portal.root]);
    ends.push(() => dev.stop());
    const watching = async (): Promise<boolean> => dev.exit() !== undefined || dev.output().includes('watching');
    await waitFor('stagedoor dev to watch', watching);
    if (dev.exit()) throw new Error(dev.output());
    await waitFor('the first answer', async () => (await portal.fetch('/api/hello/ping')).ok);
    return { portal, dev, packages, end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function copyExample(name: string, to: string): Promise<string> {
  await cp(join(repository, 'examples', name), to, {
    recursive: true,
    filter: (path) => !/^(\.?dist|node_modules)|\.tgz$/.test(basename(path)),
  });
  for (const shared of ['node_modules', 'package-lock.json']) {
    await symlink(join(repository, shared), join(to, shared));
  }
  return to;
}

/** Saves a file of the nth package with `from` replaced by `to`, as editors do: a new file in the place of the old one. */
export async function change(
  { packages }: Development,
  [nth, file]: [nth: number, file: string],
  from: string | RegExp,
  to: string,
): Promise<void> {
  const path = join(packages[nth]!, file);
  const text = await readFile(path, 'utf8');
  const changed = text.replace(from, () => to);
  if (changed === text) throw new Error(`${path} does not hold ${from}`);
  await writeFile(`${path}.new`, changed);
  await rename(`${path}.new`, path);
}

/** Writes a number into the source of the open route of the hello example, the first package. */
export async function saveNumber(development: Development, number: number): Promise<void> {
  await change(development, [0, 'src/router.ts'], /message: greeting[^,]*,/, `message: greeting + ' ${number}',`);
}

/** Asks until the open route answers with the number. */
export async function untilNumber({ portal }: Development, number: number): Promise<void> {
  await waitFor(`the answer with ${number}`, async () => {
    const answer = await portal.fetch('/api/hello/ping');
    return ((await answer.json()) as { message: string }).message.endsWith(` ${number}`);
  });
}
