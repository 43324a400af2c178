import type { CodedError } from '@stagedoor/bundle';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Cli from '../../../cli/src/api';
import { repository } from '../../support/repository';

/** The folder of a bundle in test/fixtures/startCheck. */
export function startFixture(name: string): string {
  return join(repository, 'test/fixtures/startCheck', name);
}

/** The built packager. */
export const cliEntry = join(repository, 'cli/dist/api.cjs.js');

/** `checkStart` as it was built: it starts the child that lies beside it. */
export const { checkStart } = createRequire(cliEntry)(cliEntry) as typeof Cli;

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
