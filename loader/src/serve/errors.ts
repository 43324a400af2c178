import { StagedoorError } from '@stagedoor/bundle';

/** `message` is from the record of the quarantine, where there is one. */
export function inQuarantine(name: string, message = `${name} crashed too often.`): StagedoorError {
  return new StagedoorError('PLUGIN_QUARANTINED', message);
}

export function answerNotHttp(pluginId: string, why: string): StagedoorError {
  return new StagedoorError('ANSWER_INVALID', `Plugin '${pluginId}' sent an answer that is not valid HTTP: ${why}.`);
}
