import { rmSync } from 'node:fs';
import type { StagedoorError } from '@stagedoor/bundle';
import { buildReportFile, dynamicName, formatBuildReport, isStagedoorError, replaceFile } from '@stagedoor/bundle';
import { cleanUpOnExit } from '../temporary/cleanUpOnExit';
import { buildThrew } from './errors';

/** What a portal is told of a package that is being developed, through a file in its root directory. */
export interface BuildReporter {
  /** There is no bundle of the latest source. */
  failed(error: unknown): Promise<void>;
  /** There is, or will be. */
  built(): Promise<void>;
  /** Nobody builds any longer; so does the end of the process, however it comes. */
  end(): void;
}

/** The reporter for one package. A root directory that cannot be written stays as it is. */
export function buildReporter(root: string, packageName: string): BuildReporter {
  const name = dynamicName(packageName);
  const file = buildReportFile(root, name);
  const remove = (): void => {
    try {
      rmSync(file, { force: true });
    } catch {
      // It cannot be written any longer.
    }
  };
  const { forget } = cleanUpOnExit(remove);
  let told: string | undefined;
  const tell = async (fault?: StagedoorError): Promise<void> => {
    const text = formatBuildReport({ name, fault });
    if (text !== told) await replaceFile(file, (told = text)).catch(() => {});
  };
  return {
    failed: (error) => tell(isStagedoorError(error) ? error : buildThrew(error)),
    built: () => tell(),
    end: () => {
      remove();
      forget();
    },
  };
}
