import type { JsonObject } from '@backstage/types';

/** From good to bad. */
const STATUSES = ['ok', 'degraded', 'error'] as const;
const NAME_CHARS = 100;
const MESSAGE_CHARS = 1000;
const DETAIL_CHARS = 4096;
const MAX_CHECKS = 100;

type CheckStatus = (typeof STATUSES)[number];

/** The result of one check. */
export interface CheckReport {
  name: string;
  status: CheckStatus;
  /** Why it is not `ok`. */
  message?: string;
  details?: JsonObject;
  durationMs: number;
}

/** The results of all checks of a plugin; the worst of them decides. */
export interface HealthReport {
  status: CheckStatus;
  checks: CheckReport[];
}

/** The report of these checks; `ok` without any. */
export function reportOf(checks: CheckReport[]): HealthReport {
  const worst = Math.max(0, ...checks.map(({ status }) => STATUSES.indexOf(status)));
  return { status: STATUSES[worst]!, checks };
}

/** A report of one failed check, for a plugin that cannot be asked. */
export function failedReport(name: string, message: string): HealthReport {
  return reportOf([{ name, status: 'error', message, durationMs: 0 }]);
}

/** The result of a check as it can be shown: bounded, and JSON. */
export function checkReport(name: string, found: unknown, durationMs: number): CheckReport {
  const { status = 'ok', message, details } = asObject(found ?? {}) ?? { status: found };
  const base = { name: name.slice(0, NAME_CHARS), durationMs: Math.round(durationMs) };
  if (!STATUSES.includes(status as CheckStatus)) {
    return { ...base, status: 'error', message: `The check returned neither ok, degraded nor error.` };
  }
  const shown = showable(details);
  return {
    ...base,
    status: status as CheckStatus,
    ...(typeof message === 'string' && { message: message.slice(0, MESSAGE_CHARS) }),
    ...(shown && { details: shown }),
  };
}

/** A report from another process; undefined if it is invalid. */
export function reportFrom(value: unknown): HealthReport | undefined {
  const checks = asObject(value)?.checks;
  if (!Array.isArray(checks)) return undefined;
  return reportOf(
    checks.slice(0, MAX_CHECKS).map((entry: unknown) => {
      const { name, durationMs } = asObject(entry) ?? {};
      return checkReport(String(name), entry, typeof durationMs === 'number' ? durationMs : 0);
    }),
  );
}

function showable(details: unknown): JsonObject | undefined {
  if (details === undefined || details === null) return undefined;
  try {
    const text = JSON.stringify(details);
    if (text.length > DETAIL_CHARS) return { note: `Details of more than ${DETAIL_CHARS} characters are not shown.` };
    return asObject(JSON.parse(text)) as JsonObject | undefined;
  } catch {
    return { note: 'The details are not JSON.' };
  }
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
