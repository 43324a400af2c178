import { isStagedoorError, redactAddresses, type CodedError } from '@stagedoor/bundle';
import type { ExportStep } from '../export/plan/options';
import type { ExportResult } from '../export/result';
import type { WorkspaceOutcome } from '../workspace/exportWorkspace';
import { errorLines, printable } from './errorLines';
import { explanationLines } from './explanation';
import { summaryLines } from './summary';
import { outcomeLine, workspaceLines } from './workspace';

/** The streams of a reporter; `process` fits. */
export interface Streams {
  exitCode?: number | string | null;
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown; isTTY?: boolean };
}

/** Renders results: messages on stderr, data on stdout. Nothing else prints. */
export class Reporter {
  private last: string | undefined;

  constructor(
    private readonly streams: Streams,
    /** Print one JSON object on stdout instead of leaving it empty. */
    private readonly json: boolean,
  ) {}

  /** One progress line per step. */
  step(step: ExportStep, detail: string): void {
    if (step === this.last) return;
    this.last = step;
    this.streams.stderr.write(`${step.padEnd(11)} ${detail}\n`);
  }

  /** A line about the current step of a command. */
  progress(line: string): void {
    this.streams.stderr.write(`${printable(redactAddresses(line))}\n`);
  }

  /** The summary of a finished export. */
  exported(result: ExportResult): void {
    for (const line of summaryLines(result)) this.streams.stderr.write(`${line}\n`);
    if (this.json) this.streams.stdout.write(`${JSON.stringify(result)}\n`);
    else for (const line of explanationLines(result.explain ?? [])) this.streams.stdout.write(`${line}\n`);
  }

  /** The result of a command as messages; with `--json` as data. */
  done(lines: readonly string[], result: object): void {
    for (const line of lines) this.progress(line);
    if (this.json) this.streams.stdout.write(`${JSON.stringify(result)}\n`);
  }

  /** The requested information: data in either form. */
  told(lines: readonly string[], result: object): void {
    const text = this.json ? JSON.stringify(result) : lines.map(printable).join('\n');
    this.streams.stdout.write(`${text}\n`);
  }

  /** Findings: data in either form; the exit code is 1 if something does not work. */
  examined(lines: readonly string[], result: object, broken: boolean): void {
    this.told(lines, result);
    if (broken) this.streams.exitCode = 1;
  }

  /** One progress line per plugin of a workspace. */
  pluginDone(outcome: WorkspaceOutcome, done: number, total: number): void {
    this.streams.stderr.write(`${outcomeLine(outcome, done, total)}\n`);
  }

  /** The results of the plugins of a workspace; the exit code is 1 if one failed. */
  exportedAll(outcomes: readonly WorkspaceOutcome[], durationMs: number): void {
    for (const line of workspaceLines(outcomes, durationMs)) this.streams.stderr.write(`${line}\n`);
    const results = outcomes.map((outcome) =>
      outcome.status === 'failed' ? { ...outcome, error: jsonError(outcome.error) } : outcome,
    );
    if (this.json) this.streams.stdout.write(`${JSON.stringify({ results })}\n`);
    if (outcomes.some(({ status }) => status === 'failed')) this.streams.exitCode = 1;
  }

  /** An error with its code and hint; an error without a code is a bug and shows its stack. */
  failed(error: unknown): void {
    for (const line of errorLines(error)) this.streams.stderr.write(`${line}\n`);
    if (this.json) this.streams.stdout.write(`${JSON.stringify({ error: jsonError(error) })}\n`);
  }
}

function jsonError(error: unknown): CodedError | { message: string } {
  if (!isStagedoorError(error)) return { message: redactAddresses(String(error)) };
  const { code, message, hint, details } = error;
  return { code, message, ...(hint && { hint }), ...(details && { details }) };
}
