import { isStagedoorError, type CodedError } from '@stagedoor/bundle';
import type { ExportStep } from '../export/options';
import type { ExportResult } from '../export/result';
import { summaryLines } from './summary';

/** Where a reporter writes; `process` fits. */
export interface Streams {
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown; isTTY?: boolean };
}

/** Renders what a command does: talk on stderr, data on stdout. Nothing else prints. */
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
    this.streams.stderr.write(`${step.padEnd(9)} ${detail}\n`);
  }

  /** The summary of a finished export. */
  exported(result: ExportResult): void {
    for (const line of summaryLines(result)) this.streams.stderr.write(`${line}\n`);
    if (this.json) this.streams.stdout.write(`${JSON.stringify(result)}\n`);
  }

  /** An error with its code and remedy; anything uncoded is a bug of ours and shows its stack. */
  failed(error: unknown): void {
    if (!isStagedoorError(error)) {
      const text = error instanceof Error ? error.stack : String(error);
      this.streams.stderr.write(`error: ${text}\n`);
      if (this.json) this.streams.stdout.write(`${JSON.stringify({ error: { message: String(error) } })}\n`);
      return;
    }
    this.streams.stderr.write(`error ${error.code}: ${error.message}\n`);
    if (error.hint) this.streams.stderr.write(`hint: ${error.hint}\n`);
    if (this.json) this.streams.stdout.write(`${JSON.stringify({ error: coded(error) })}\n`);
  }
}

function coded({ code, message, hint, details }: CodedError): CodedError {
  return { code, message, ...(hint && { hint }), ...(details && { details }) };
}
