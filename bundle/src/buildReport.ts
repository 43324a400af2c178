import { join } from 'node:path';
import * as z from 'zod';
import { codes, type ErrorCode } from './codes';
import { StagedoorError } from './error';
import { packName } from './names';
import { parseJson } from './parseJson';
import { readBounded } from './readBounded';

/**
 * Folder in a root directory, no drop because it is hidden, in which `stagedoor dev` says of whose latest source there is no
 * bundle, and why: a file for each.
 */
export const BUILD_REPORTS = '.stagedoor-dev';

const MAX_BYTES = 64 * 1024;
const schema = z.looseObject({
  name: z.string().min(1).max(214),
  code: z.custom<ErrorCode>((code) => typeof code === 'string' && Object.hasOwn(codes, code)),
  message: z.string(),
  hint: z.string().optional(),
});

/** A build that failed. */
export interface BuildReport {
  /** Name of the bundle that it would have been. */
  name: string;
  fault: StagedoorError;
}

/** Where in a root directory the report about a bundle lies. */
export function buildReportFile(root: string, name: string): string {
  return join(root, BUILD_REPORTS, `${packName(name)}.json`);
}

/** The text of a report, which holds no more of a long message than a reader takes. */
export function formatBuildReport({ name, fault: { code, message, hint } }: BuildReport): string {
  return `${JSON.stringify({ name, code, message: message.slice(0, MAX_BYTES / 8), hint }, null, 2)}\n`;
}

/** Reads a report; undefined for what is none. */
export async function readBuildReport(file: string): Promise<BuildReport | undefined> {
  const content = await readBounded(file, MAX_BYTES).catch(() => 'absent' as const);
  if (typeof content === 'string') return undefined;
  try {
    const { name, code, message, hint } = schema.parse(parseJson(content.toString('utf8')));
    return { name, fault: new StagedoorError(code, message, { hint }) };
  } catch {
    return undefined;
  }
}
