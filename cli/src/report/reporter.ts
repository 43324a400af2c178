import { isStagedoorError, redactAddresses, type CodedError } from '@stagedoor/bundle';
import type { ExportStep } from '../export/plan/options';
import type { ExportResult } from '../export/result';
import type { WorkspaceOutcome } from '../workspace/exportWorkspace';
import { colouring } from './colours';
import { Elapsed } from './elapsed';
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
  private readonly elapsed: Elapsed;
  private readonly colour: ReturnType<typeof colouring>;

  constructor(
    private readonly streams: Streams,
    /** Print one JSON object on stdout instead of leaving it empty. */
    private readonly json: boolean,
  ) {
    this.elapsed = new Elapsed(streams.stderr);
    this.colour = colouring(streams.stderr, process.env);
  }

  /** Nothing more is shown of what was being done. */
  end(): void {
    this.elapsed.end();
  }

  /** `what` is done from now on; shown where it takes longer than a second, with the elapsed time. */
  busy(what: string): void {
    this.elapsed.begin(what);
  }

  /** One progress line per step. */
  step(step: ExportStep, detail: string): void {
    if (step === this.last) return;
    this.last = step;
    this.message(`${this.colour('cyan', step.padEnd(11))} ${detail}`);
    this.busy(step);
  }

  /** A line about the current step of a command. */
  progress(line: string): void {
    this.message(this.coloured(printable(redactAddresses(line))));
  }

  /** The summary of a finished export. */
  exported(result: ExportResult): void {
    for (const line of summaryLines(result)) this.message(this.coloured(line));
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
    this.end();
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
    this.message(outcomeLine(outcome, done, total));
  }

  /** The results of the plugins of a workspace; the exit code is 1 if one failed. */
  exportedAll(outcomes: readonly WorkspaceOutcome[], durationMs: number): void {
    for (const line of workspaceLines(outcomes, durationMs)) this.message(this.coloured(line));
    const results = outcomes.map((outcome) =>
      outcome.status === 'failed' ? { ...outcome, error: jsonError(outcome.error) } : outcome,
    );
    if (this.json) this.streams.stdout.write(`${JSON.stringify({ results })}\n`);
    if (outcomes.some(({ status }) => status === 'failed')) this.streams.exitCode = 1;
  }

  /** An error with its code and hint; an error without a code is a bug and shows its stack. */
  failed(error: unknown): void {
    for (const line of errorLines(error)) this.message(this.coloured(line));
    if (this.json) this.streams.stdout.write(`${JSON.stringify({ error: jsonError(error) })}\n`);
  }

  private message(line: string): void {
    this.end();
    this.streams.stderr.write(`${line}\n`);
  }

  /** The first word of a line in the colour of what it announces. */
  private coloured(line: string): string {
    const [, word, rest] = /^((?:error|warning|hint)(?: [A-Z_]+)?:)(.*)$/s.exec(line) ?? [];
    if (word === undefined || rest === undefined) return line;
    const colour = word.startsWith('error') ? 'red' : word.startsWith('warning') ? 'yellow' : 'cyan';
    return this.colour(colour, word) + rest;
  }
}

function jsonError(error: unknown): CodedError | { message: string } {
  if (!isStagedoorError(error)) return { message: redactAddresses(String(error)) };
  const { code, message, hint, details } = error;
  return { code, message, ...(hint && { hint }), ...(details && { details }) };
}
