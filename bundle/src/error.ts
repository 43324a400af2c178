import { codes, type ErrorCode } from './codes';
import { redactAddresses, redactData } from './redactAddress';

/** Hint and origin of a {@link StagedoorError}. */
export interface StagedoorErrorOptions {
  /** What to do next: the command to run, the setting to change. */
  hint?: string;
  /** The error that this one explains; kept for logs, never shown alone. */
  cause?: unknown;
  /** Machine-readable facts behind the message, for example both names of a conflict. */
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
 * The only kind of error that users see. Codes are permanent and documented in `docs/errors.md`; any other error is a bug.
 * Created only in the catalogues, `errors.ts` of each folder. Addresses are redacted here, because messages from other
 * code, such as the network stack, contain them too.
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

/** Rebuilds an error that was stored or sent as {@link CodedError}. Without a hint it gets the general one of its code. */
export function restoreError({ code, message, hint, details }: CodedError, cause?: unknown): StagedoorError {
  return new StagedoorError(code, message, { hint, details, cause });
}

/** The same error with another message and further details. */
export function rephraseError(
  { code, hint, cause, details }: StagedoorError,
  message: string,
  moreDetails: Record<string, unknown> = {},
): StagedoorError {
  return new StagedoorError(code, message, { hint, cause, details: { ...details, ...moreDetails } });
}

/** Also true for errors of another copy of this package. */
export function isStagedoorError(value: unknown): value is StagedoorError {
  return value instanceof Error && value.name === 'StagedoorError' && 'code' in value;
}
