/** What this project reads of a thrown value. */
export interface Thrown {
  name?: string;
  code?: string;
  message?: string;
  stack?: string;
  cause?: unknown;
  errors?: unknown;
  requireStack?: string[];
}

const MAX_DEPTH = 8;

/** The thrown value, its causes, and what an AggregateError holds, outermost first; never empty. */
export function errorChain(thrown: unknown, depth = 0): Thrown[] {
  if (depth > MAX_DEPTH) return [];
  const error = (typeof thrown === 'object' && thrown !== null ? thrown : { message: String(thrown) }) as Thrown;
  const inner = [error.cause, ...(Array.isArray(error.errors) ? (error.errors as unknown[]) : [])];
  return [error, ...inner.filter((next) => next != null).flatMap((next) => errorChain(next, depth + 1))];
}

/** The first line of an error's message. */
export function firstLine(error: Thrown): string {
  return String(error.message ?? '').split('\n')[0]!;
}
