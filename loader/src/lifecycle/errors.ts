import { StagedoorError } from '@stagedoor/bundle';

export function pluginAbsent(name: string, pluginId: string): StagedoorError {
  return new StagedoorError('PLUGIN_ABSENT', `${name} extends plugin '${pluginId}', which is not running.`);
}

export function policyMissing(name: string): StagedoorError {
  return new StagedoorError('POLICY_MISSING', `${name} sets the permission policy and is not running.`);
}

export function stateFileDamaged(path: string, renamedTo: string): StagedoorError {
  return new StagedoorError('STATE_FILE_DAMAGED', `${path} cannot be parsed; it was renamed to ${renamedTo}.`);
}

/** The error of a crash with the last lines that the plugin logged as its hint. */
export function withLastLines(fault: StagedoorError, lines: readonly string[]): StagedoorError {
  if (lines.length === 0) return fault;
  const { code, message, cause, details, hint } = fault;
  const own = hint === undefined ? '' : `${hint}\n`;
  return new StagedoorError(code, message, { cause, details, hint: `${own}Its last lines:\n${lines.join('\n')}` });
}
