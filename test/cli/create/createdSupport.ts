import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { runProcess } from '../../support/childProcess';
import { startVerdaccio } from '../../support/npmRegistry';
import type { Portal } from '../../support/portal';
import { repository } from '../../support/repository';
import { sqlitePrebuilt } from '../../support/sqlitePrebuilt';
import { testRegistry } from '../../support/testRegistry';
import { bin } from '../export/exportSupport';

/** A command with its first arguments, e.g. `['npm']`. */
export type Command = [string, ...string[]];

/** How a package manager finds what this repository publishes. */
export interface Published {
  /** The registry of the scope @stagedoor. */
  url: string;
  /** The registry of everything else; npm and pnpm use it in `run`. */
  others: string;
  /** Runs a command; fails with its output where it does. Gives what it wrote. */
  run(cwd: string, ...command: Command): Promise<string>;
  /** `stagedoor create` with the published command line for a dependency. */
  create(cwd: string, ...args: string[]): Promise<string>;
}

/** Publishes the packages of this repository to a registry of their own, until the running test ends. */
export async function published(): Promise<Published> {
  const [registry, others] = await Promise.all([startVerdaccio(), testRegistry()]);
  onTestFinished(registry.stop);
  for (const name of ['bundle', 'cli']) await registry.publish(join(repository, name));
  const env = { ...others.env, ...(await sqlitePrebuilt()), CI: '1', COREPACK_ENABLE_STRICT: '0' };
  const run = async (cwd: string, program: string, ...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await runProcess(program, args, { cwd, env });
    if (code !== 0) {
      const said = `${[program, ...args].join(' ')} ended with ${code}\n${stdout}\n${stderr}`;
      throw new Error([said, ...others.missing(said)].join('\n'));
    }
    return stdout + stderr;
  };
  const { version } = JSON.parse(await readFile(join(repository, 'cli/package.json'), 'utf8')) as { version: string };
  const create = (cwd: string, ...args: string[]): Promise<string> =>
    run(cwd, process.execPath, bin, 'create', '--cli', `^${version}`, ...args);
  return { url: registry.url, others: others.url, run, create };
}

/** Lets npm and pnpm in `dir` take the scope @stagedoor from a registry of its own. */
export async function useScope(dir: string, url: string): Promise<void> {
  await writeFile(join(dir, '.npmrc'), `@stagedoor:registry=${url}\naudit=false\nfund=false\n`);
}

/** Puts the bundle of a package into the root directory of a portal. */
export async function dropBundle(pkg: string, portal: Portal, entry: string): Promise<void> {
  await cp(join(pkg, 'dist-dynamic'), join(portal.root, entry), { recursive: true });
}

/** The JSON that a path answers; expects the status. */
export async function answerOf(portal: Portal, path: string, status: number, token?: true): Promise<unknown> {
  const response = await portal.fetch(path, { token });
  expect(response.status, path).toBe(status);
  return await response.json();
}
