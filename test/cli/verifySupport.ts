import type { CodedError } from '@stagedoor/bundle';
import { build } from 'esbuild';
import { mkdir, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Verify from '../../cli/src/verify/verifyBundle';
import { repository } from '../support/repository';
import { makeTempDir } from '../support/tempDir';

const source = join(repository, 'cli/src/verify');

/** The folder of a bundle in test/fixtures/verify. */
export function verifyFixture(name: string): string {
  return join(repository, 'test/fixtures/verify', name);
}

/** Builds the verification as scripts/build.mjs builds the CLI: runner and child in one folder. The caller removes it. */
export async function buildVerify(): Promise<{ dir: string; entry: string }> {
  const dir = await makeTempDir();
  await mkdir(join(dir, 'dist'));
  await symlink(join(repository, 'node_modules'), join(dir, 'node_modules'), 'dir');
  await build({
    entryPoints: { index: join(source, 'verifyBundle.ts'), 'verify/child': join(source, 'child.ts') },
    outdir: join(dir, 'dist'),
    outExtension: { '.js': '.cjs.js' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'cjs',
    target: 'node20.19',
  });
  return { dir, entry: join(dir, 'dist/index.cjs.js') };
}

/** `verifyBundle` of a build. */
export function loadVerify(entry: string): typeof Verify.verifyBundle {
  return (createRequire(entry)(entry) as typeof Verify).verifyBundle;
}

/** The coded error that a promise rejects with; fails where it does not, or rejects with any other. */
export async function rejection(
  work: Promise<unknown>,
): Promise<CodedError & { cause?: Error & { missing?: string } }> {
  const error = await work.then(
    (value) => Promise.reject(new Error(`Resolved: ${JSON.stringify(value)}`)),
    (thrown: Error) => thrown,
  );
  if (error.name !== 'StagedoorError') throw error;
  return error as unknown as CodedError & { cause?: Error };
}
