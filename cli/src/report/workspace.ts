import { isStagedoorError } from '@stagedoor/bundle';
import type { WorkspaceOutcome } from '../workspace/exportWorkspace';
import { errorLines } from './errorLines';
import { formatBytes } from './size';

/** The line of a finished plugin. */
export function outcomeLine(outcome: WorkspaceOutcome, done: number, total: number): string {
  const count = `[${String(done).padStart(String(total).length)}/${total}]`;
  return `${count} ${outcome.status.padEnd(9)} ${outcome.name} ${detail(outcome)}`.trimEnd();
}

/** The final report: warnings, every failure with its hint, and the count. */
export function workspaceLines(outcomes: readonly WorkspaceOutcome[], durationMs: number): string[] {
  const lines = outcomes.flatMap((outcome) => {
    if (outcome.status === 'failed') return failureLines(outcome);
    if (outcome.status === 'unchanged') return [];
    return outcome.result.warnings.map((warning) => `warning: ${outcome.name}: ${warning}`);
  });
  const counts = (['exported', 'unchanged', 'failed'] as const)
    .map((status) => `${outcomes.filter((outcome) => outcome.status === status).length} ${status}`)
    .join(', ');
  return [...lines, `${counts} in ${(durationMs / 1000).toFixed(1)} s`];
}

function detail(outcome: WorkspaceOutcome): string {
  if (outcome.status === 'unchanged') return '';
  if (outcome.status === 'failed') return isStagedoorError(outcome.error) ? outcome.error.code : '';
  const { durationMs, bytes, startCheck } = outcome.result;
  return `in ${(durationMs / 1000).toFixed(1)} s, ${formatBytes(bytes)}${startCheck === 'passed' ? '' : ', start check skipped'}`;
}

function failureLines({ name, folder, error }: Extract<WorkspaceOutcome, { status: 'failed' }>): string[] {
  const where = `${name} in ${folder}`;
  return errorLines(error, where);
}
