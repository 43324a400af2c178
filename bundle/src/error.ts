import { codes, type ErrorCode } from './codes';
import { redactAddresses, redactData } from './redactAddress';

/** Remedy and origin of a {@link StagedoorError}. */
export interface StagedoorErrorOptions {
  /** What the reader does next: the command to run, the setting to change. */
  hint?: string;
  /** The error this one explains; kept for logs, never shown alone. */
  cause?: unknown;
  /** Machine-readable facts behind the message, e.g. both names of a conflict. */
  details?: Record<string, unknown>;
}

/** The shape in which an error leaves the process: `--json`, HTTP bodies, plugin states. */
export interface CodedError {
  code: ErrorCode;
  message: string;
  hint?: string;
  details?: Record<string, unknown>;
}

/**
 * The one error a user can reach. Codes are permanent and documented in `docs/errors.md`;
 * anything thrown that is not a StagedoorError is a bug of ours. Addresses in it are redacted: no caller has to think of
 * that, and messages of others, as of a network, hold them too.
 */
export class StagedoorError extends Error {
  override readonly name = 'StagedoorError';
  readonly code: ErrorCode;
  readonly hint?: string;
  readonly details?: Record<string, unknown>;

  constructor(code: ErrorCode, message: string, options: StagedoorErrorOptions = {}) {
    super(redactAddresses(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = redactAddresses(options.hint ?? codes[code].hint);
    this.details = redactData(options.details);
  }

  toJSON(): CodedError {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint && { hint: this.hint }),
      ...(this.details && { details: this.details }),
    };
  }
}

/** True for our error also when it crossed from another copy of this package. */
export function isStagedoorError(value: unknown): value is StagedoorError {
  return value instanceof Error && value.name === 'StagedoorError' && 'code' in value;
}
