import { describeIssues } from '@stagedoor/bundle';
import { ZodError } from 'zod';

/**
 * What went wrong, in one clause: the issues of a value that does not match its schema, and otherwise the message of the
 * innermost cause. `fetch` says `fetch failed`; what failed is in its cause.
 */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof ZodError) return describeIssues(error);
  if (error.cause instanceof Error) return errorText(error.cause);
  if (error instanceof AggregateError && error.errors.length > 0) return errorText(error.errors[0]);
  return error.message;
}
