import { StagedoorError, codes, type ErrorCode } from '@stagedoor/bundle';

const LONGEST_TEXT = 10_000;
const MOST_DETAILS = 100_000;
const MOST_CAUSES = 5;

/** What is kept of an error beyond its texts: what Node says of system calls and of its permission model. */
const FACTS = ['code', 'permission', 'resource', 'syscall'] as const;

/** An error as far as it can be read without harm. */
export type PlainError = Error & Partial<Record<(typeof FACTS)[number], string>>;

/**
 * Whatever code of a plugin threw, as an error of texts only: what it threw may be a proxy, have getters that throw or change
 * their mind, look like an error of ours, or be no error at all.
 */
export function plainError(thrown: unknown, depth = 0): PlainError {
  const plain: PlainError = new Error(messageOf(thrown));
  plain.name = textOf(thrown, 'name') ?? 'Error';
  plain.stack = textOf(thrown, 'stack') ?? `${plain.name}: ${plain.message}`;
  for (const fact of FACTS) {
    const text = textOf(thrown, fact);
    if (text !== undefined) plain[fact] = text;
  }
  const cause = read(thrown, 'cause');
  if (isObject(cause) && depth < MOST_CAUSES) plain.cause = plainError(cause, depth + 1);
  return plain;
}

/** What anything thrown says. */
export function messageOf(thrown: unknown): string {
  return textOf(thrown, 'message') ?? asText(thrown) ?? 'something that is not an error was thrown';
}

function asText(thrown: unknown): string | undefined {
  try {
    const text = String(thrown).slice(0, LONGEST_TEXT);
    return text.startsWith('[object ') ? undefined : text;
  } catch {
    return undefined;
  }
}

/**
 * An error of ours that came through code of a plugin, made anew of its code and texts; undefined for anything else, also
 * for what only looks like one. `allowed`: the codes that it may have.
 */
export function ownFault(thrown: unknown, allowed?: ReadonlySet<ErrorCode>): StagedoorError | undefined {
  if (!isOwn(thrown)) return undefined;
  const code = textOf(thrown, 'code') as ErrorCode | undefined;
  if (code === undefined || !Object.hasOwn(codes, code) || (allowed && !allowed.has(code))) return undefined;
  const cause = read(thrown, 'cause');
  return new StagedoorError(code, messageOf(thrown), {
    hint: textOf(thrown, 'hint'),
    details: jsonOf(read(thrown, 'details')),
    cause: isObject(cause) ? plainError(cause) : undefined,
  });
}

function isOwn(thrown: unknown): boolean {
  try {
    return thrown instanceof StagedoorError;
  } catch {
    return false;
  }
}

function jsonOf(value: unknown): Record<string, unknown> | undefined {
  try {
    const copy: unknown = JSON.parse(JSON.stringify(value).slice(0, MOST_DETAILS));
    return isObject(copy) ? (copy as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown, key: string): string | undefined {
  const text = read(value, key);
  return typeof text === 'string' ? text.slice(0, LONGEST_TEXT) : undefined;
}

function read(value: unknown, key: string): unknown {
  try {
    return isObject(value) ? (value as Record<string, unknown>)[key] : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
