import { SBOM_FILE, StagedoorError } from '@stagedoor/bundle';

export function sbomMissing(name: string, version: string): StagedoorError {
  return new StagedoorError('SBOM_MISSING', `${name} ${version} contains no readable ${SBOM_FILE}.`);
}

export function sbomUnreadable(name: string, cause: unknown): StagedoorError {
  return new StagedoorError('SBOM_MISSING', `The ${SBOM_FILE} of ${name} is not valid JSON.`, { cause });
}

/** `message` was recorded when the build was put into quarantine. */
export function stillQuarantined(message: string): StagedoorError {
  return new StagedoorError('PLUGIN_QUARANTINED', message);
}

export function pluginDisabled(name: string, { by, since }: { by: string; since: string }): StagedoorError {
  return new StagedoorError('PLUGIN_DISABLED', `${name} was disabled by ${by} at ${since}.`);
}

export function portalStopping(): StagedoorError {
  return new StagedoorError('PORTAL_STOPPING', 'The portal is shutting down.');
}

/** The operation that another one has to wait for. */
interface RunningOperation {
  id: string;
  plugin: string;
  kind: string;
  by: string;
}

export function operationInProgress({ id, plugin, kind, by }: RunningOperation): StagedoorError {
  return new StagedoorError('OPERATION_IN_PROGRESS', `${plugin}: ${kind} is in progress, requested by ${by}.`, {
    details: { operation: id },
  });
}

export function noEarlierBuild(name: string): StagedoorError {
  return new StagedoorError('ROLLBACK_IMPOSSIBLE', `There is no earlier build of ${name} that has served.`);
}

export function earlierBuildGone(name: string, version: string): StagedoorError {
  return new StagedoorError('ROLLBACK_IMPOSSIBLE', `The staged copy of ${name}@${version} no longer exists.`);
}
