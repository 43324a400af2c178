import { join } from 'node:path';
import * as z from 'zod';
import { codes, type ErrorCode } from './codes';
import type { StagedoorError } from './error';
import { restoreError } from './error';
import { fileName } from './names';
import { parseJson } from './parseJson';
import { readBounded } from './readBounded';

/**
 * Hidden folder in a root directory, and therefore not a drop, in which `stagedoor dev` lists what it develops, and whose
 * latest source has no bundle, and why: one file for each.
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
  /** The reason why the latest source has no bundle. */
  fault?: StagedoorError;
}

/** Path of the report about a bundle in a root directory. */
export function buildReportFile(root: string, name: string): string {
  return join(root, BUILD_REPORTS, `${fileName(name)}.json`);
}

/** The text of a report; a long message is cut to what a reader accepts. */
export function formatBuildReport({ name, fault }: BuildReport): string {
  const told = fault && { code: fault.code, message: fault.message.slice(0, MAX_BYTES / 8), hint: fault.hint };
  return `${JSON.stringify({ name, fault: told }, null, 2)}\n`;
}

/** Reads a report; undefined if it is invalid. */
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
