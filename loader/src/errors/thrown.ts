import { StagedoorError, restoreError, codes, type ErrorCode } from '@stagedoor/bundle';

const LONGEST_TEXT = 10_000;
const MOST_DETAILS = 100_000;
const MOST_CAUSES = 5;

/** Fields that are kept of an error besides its texts: those of system calls and of Node's permission model. */
const FACTS = ['code', 'permission', 'resource', 'syscall'] as const;

/** The parts of an error that can be read safely. */
export type PlainError = Error & Partial<Record<(typeof FACTS)[number], string>>;

/**
 * Anything that plugin code threw, as an error of plain texts: it may be a proxy, have getters that throw or return other
 * values each time, imitate an error of ours, or not be an error at all.
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

/** The message of anything thrown. */
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
 * A StagedoorError that passed through plugin code, rebuilt from its code and texts; undefined for anything else, imitations
 * included. `allowed`: the codes that it may have.
 */
export function ownFault(thrown: unknown, allowed?: ReadonlySet<ErrorCode>): StagedoorError | undefined {
  if (!isOwn(thrown)) return undefined;
  const code = textOf(thrown, 'code') as ErrorCode | undefined;
  if (code === undefined || !Object.hasOwn(codes, code) || (allowed && !allowed.has(code))) return undefined;
  const cause = read(thrown, 'cause');
  const coded = {
    code,
    message: messageOf(thrown),
    hint: textOf(thrown, 'hint'),
    details: jsonOf(read(thrown, 'details')),
  };
  return restoreError(coded, isObject(cause) ? plainError(cause) : undefined);
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
