import { StagedoorError, thrownHint } from '@stagedoor/bundle';
import { plainError } from '../errors/thrown';

export function serviceHangs(pluginId: string): StagedoorError {
  return new StagedoorError('START_TIMEOUT', `Plugin '${pluginId}' did not start: a service that it depends on hangs.`);
}

export function initTimedOut(who: string, timeoutMs: number): StagedoorError {
  return new StagedoorError('START_TIMEOUT', `The init of ${who} did not finish within ${timeoutMs / 1000} s.`);
}

/** What a plugin threw, as INIT_FAILED; as ACCESS_DENIED where Node's permission model threw it. Keeps the message. */
export function initFailed(who: string, thrown: unknown): StagedoorError {
  const cause = plainError(thrown);
  const { code, permission, resource } = cause;
  if (code === 'ERR_ACCESS_DENIED') {
    const what = `${permission ?? 'access'}${resource ? ` of ${resource}` : ''}`;
    return new StagedoorError('ACCESS_DENIED', `The init of ${who} was denied ${what}.`, { cause });
  }
  const message = `The init of ${who} failed: ${cause.message}`;
  return new StagedoorError('INIT_FAILED', message, { cause, hint: thrownHint(cause) });
}
