import { join } from 'node:path';
import * as z from 'zod';
import { codes, type ErrorCode } from './codes';
import type { StagedoorError } from './error';
import { restoreError } from './error';
import { fileName } from './names';
import { parseJson } from './parseJson';
import { readBounded } from './readBounded';

/**
 * Folder in a root directory, no drop because it is hidden, in which `stagedoor dev` says what it develops, and of whose latest
 * source there is no bundle, and why: a file for each.
 */
export const BUILD_REPORTS = '.stagedoor-dev';

const MAX_BYTES = 64 * 1024;
const schema = z.looseObject({
  name: z.string().min(1).max(214),
  fault: z
    .looseObject({
      code: z.custom<ErrorCode>((code) => typeof code === 'string' && Object.hasOwn(codes, code)),
      message: z.string(),
      hint: z.string().optional(),
    })
    .optional(),
});

/** A bundle that is being developed. */
export interface BuildReport {
  name: string;
  /** Why there is no bundle of the latest source. */
  fault?: StagedoorError;
}

/** Where in a root directory the report about a bundle lies. */
export function buildReportFile(root: string, name: string): string {
  return join(root, BUILD_REPORTS, `${fileName(name)}.json`);
}

/** The text of a report, which holds no more of a long message than a reader takes. */
export function formatBuildReport({ name, fault }: BuildReport): string {
  const told = fault && { code: fault.code, message: fault.message.slice(0, MAX_BYTES / 8), hint: fault.hint };
  return `${JSON.stringify({ name, fault: told }, null, 2)}\n`;
}

/** Reads a report; undefined for what is none. */
export async function readBuildReport(file: string): Promise<BuildReport | undefined> {
  const content = await readBounded(file, MAX_BYTES).catch(() => 'absent' as const);
  if (typeof content === 'string') return undefined;
  try {
    const { name, fault } = schema.parse(parseJson(content.toString('utf8')));
    return { name, ...(fault && { fault: restoreError(fault) }) };
  } catch {
    return undefined;
  }
}
