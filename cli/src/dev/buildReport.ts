import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { StagedoorError, buildReportFile, dynamicName, formatBuildReport, isStagedoorError } from '@stagedoor/bundle';
import { cleanUpOnExit } from '../temporary/cleanUpOnExit';
import { replaceFile } from '../temporary/replaceFile';

/** What a portal is told of a package whose source does not build, through a file in its root directory. */
export interface BuildReporter {
  failed(error: unknown): Promise<void>;
  /** There is a bundle of the latest source. */
  built(): Promise<void>;
  /** Nobody builds any longer; so does the end of the process, however it comes. */
  end(): Promise<void>;
}

/** The reporter for one package; a report of an earlier run goes with the first build. A root directory that cannot be written stays as it is. */
export function buildReporter(root: string, packageName: string): BuildReporter {
  const name = dynamicName(packageName);
  const file = buildReportFile(root, name);
  const { forget } = cleanUpOnExit(() => rmSync(file, { force: true }));
  const built = (): Promise<void> => rm(file, { force: true }).catch(() => {});
  return {
    failed: async (error) => {
      const fault = isStagedoorError(error) ? error : new StagedoorError('BUILD_FAILED', String(error));
      await replaceFile(file, formatBuildReport({ name, fault })).catch(() => {});
    },
    built,
    end: async () => {
      await built();
      forget();
    },
  };
}
