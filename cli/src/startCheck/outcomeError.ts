import { StagedoorError, thrownHint } from '@stagedoor/bundle';
import type { Failure } from './messages';
import { CHILD_MEMORY_MB, type ChildOutcome } from './runChild';

/** The error behind an outcome other than `passed`; `name` is the bundle's. */
export function outcomeError(
  outcome: Exclude<ChildOutcome, { kind: 'passed' }>,
  name: string,
  timeoutMs: number,
): StagedoorError {
  if (outcome.kind === 'failed') return failureError(outcome.failure);
  const { step, stderr } = outcome;
  const [fault, hint] = outcome.kind === 'timeout' ? late(outcome.targets, timeoutMs) : crash(outcome);
  return new StagedoorError('VERIFY_FAILED', `${name} ${fault} in ${step}.`, {
    hint,
    cause: stderr ? new Error(stderr.trim()) : undefined,
    details: { step },
  });
}

function failureError({ code, message, hint, details, cause, thrown }: Failure): StagedoorError {
  if (!cause) return new StagedoorError(code, message, { hint, details });
  const error = Object.assign(new Error(cause.message), cause.missing !== undefined && { missing: cause.missing });
  if (cause.stack) error.stack = cause.stack;
  const known = code === 'INIT_FAILED' ? thrownHint(thrown) : undefined;
  return new StagedoorError(code, message, { hint: hint ?? known, details, cause: error });
}

function late(targets: string[], timeoutMs: number): [fault: string, hint: string] {
  const wanted = [...new Set(targets)].slice(0, 3).join(', ');
  const network = wanted && ` It tried to reach ${wanted}, and the test host has no network.`;
  return [
    `did not start on the test host within ${timeoutMs / 1000} s: it hangs`,
    `Do long work in a startup hook or a scheduled task, or export with --no-start-check.${network}`,
  ];
}

function crash({
  code,
  signal,
  stderr,
}: {
  code: number | null;
  signal: NodeJS.Signals | null;
  stderr: string;
}): [fault: string, hint: string] {
  if (/heap out of memory|OOM error/.test(stderr)) {
    return [`ran out of memory (${CHILD_MEMORY_MB} MB)`, 'Load less at once, or do it later than in init.'];
  }
  if (signal)
    return [`was ended by ${signal}`, 'Look for native code that crashes, or a plugin that ends its process.'];
  return [`ended the process (exit code ${code})`, 'Remove process.exit from the plugin: it would end the portal.'];
}
