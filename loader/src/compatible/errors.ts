import { StagedoorError } from '@stagedoor/bundle';

export function serviceTaken(owner: string, serviceId: string, holder: string): StagedoorError {
  return new StagedoorError(
    'SERVICE_REPLACEMENT_REFUSED',
    `${owner} provides the service '${serviceId}', which ${holder} already provides.`,
    { hint: `Remove the drop of ${owner} or of ${holder}.` },
  );
}

export function featureLoaderTimedOut(name: string, timeoutMs: number): StagedoorError {
  return new StagedoorError(
    'START_TIMEOUT',
    `A feature loader of ${name} did not finish within ${timeoutMs / 1000} s.`,
  );
}

export function dependenciesMissing(who: string, ids: readonly string[]): StagedoorError {
  const missing = ids.map((id) => `'${id}'`).join(', ');
  return new StagedoorError('INIT_FAILED', `${who} depends on ${missing}, which this backend does not provide.`, {
    hint: 'Add the plugin or service factory that provides it to the backend, or remove the drop.',
  });
}
