import { rmSync } from 'node:fs';
import type { StagedoorError } from '@stagedoor/bundle';
import { buildReportFile, dynamicName, formatBuildReport, isStagedoorError, replaceFile } from '@stagedoor/bundle';
import { cleanUpOnExit } from '../temporary/cleanUpOnExit';
import { buildThrew } from './errors';

/** Reports the state of a package in development to a portal, through a file in its root directory. */
export interface BuildReporter {
  /** The latest source has no bundle. */
  failed(error: unknown): Promise<void>;
  /** It has one, or will have. */
  built(): Promise<void>;
  /** Development has ended; so does the end of the process, however it happens. */
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
