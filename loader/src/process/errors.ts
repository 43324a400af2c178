import { StagedoorError } from '@stagedoor/bundle';

export function stagedCopyChanged(name: string): StagedoorError {
  return new StagedoorError('DIGEST_MISMATCH', `The staged copy of ${name} was changed after it was checked.`, {
    hint: 'Find out what writes to the state directory, then reload the plugin.',
  });
}

/** `setting`: the key that lists what the process may connect to. */
export function connectionRefused(pluginId: string, target: string, setting: string): StagedoorError {
  return new StagedoorError(
    'CONNECTION_DENIED',
    `Plugin '${pluginId}' may not connect to ${target}, which is on this machine.`,
    { hint: `To allow it, add '${target}' to ${setting}.` },
  );
}

/** How a process ended, for `details`. */
type Exit = Record<'reason' | 'code' | 'signal', unknown>;

export function processOutOfMemory(pluginId: string, details: Exit): StagedoorError {
  return new StagedoorError('PROCESS_OUT_OF_MEMORY', `The process of plugin '${pluginId}' ran out of memory.`, {
    hint: `Raise dynamicPlugins.plugins.${pluginId}.memoryLimitMb, or ask the author of the plugin why it needs so much.`,
    details,
  });
}

export function processHung(pluginId: string, details: Exit): StagedoorError {
  const message = `The process of plugin '${pluginId}' sent no heartbeat for five seconds and was ended.`;
  return new StagedoorError('PROCESS_HUNG', message, { details });
}

export function processUnhealthy(pluginId: string, details: Exit): StagedoorError {
  const message = `The process of plugin '${pluginId}' was ended: its health checks failed three times in a row.`;
  return new StagedoorError('PLUGIN_UNHEALTHY', message, { details });
}

export function processNotListening(pluginId: string, details: Exit): StagedoorError {
  const message = `The process of plugin '${pluginId}' was ended: it no longer listened for requests.`;
  return new StagedoorError('PLUGIN_UNHEALTHY', message, { details });
}

export function processEnded(pluginId: string, details: Exit): StagedoorError {
  const how = details.signal ? `was ended by ${details.signal}` : `ended with code ${details.code}`;
  return new StagedoorError('PROCESS_ENDED', `The process of plugin '${pluginId}' ${how}.`, { details });
}

export function wildcardInPath(path: string): StagedoorError {
  return new StagedoorError(
    'SETTING_INVALID',
    `${path} contains a *, which Node's permission model reads as a wildcard.`,
    {
      hint: 'Choose a folder without * in its path, or set permissionModel to false.',
    },
  );
}

export function processUnavailable(pluginId: string): StagedoorError {
  return new StagedoorError('PROCESS_UNAVAILABLE', `Plugin '${pluginId}' is restarting.`);
}

export function quarantined(pluginId: string, last: StagedoorError): StagedoorError {
  return new StagedoorError(
    'PLUGIN_QUARANTINED',
    `Plugin '${pluginId}' crashed too often. Last error: ${last.message}`,
  );
}

export function registrationsUnreadable(name: string): StagedoorError {
  return new StagedoorError('LOAD_FAILED', `The process of ${name} does not report what the bundle registers.`);
}

export function processTimedOut(pluginId: string, method: 'inspect' | 'start', timeoutMs: number): StagedoorError {
  const what = method === 'start' ? 'listen' : 'load its code';
  return new StagedoorError(
    'START_TIMEOUT',
    `The process of '${pluginId}' did not ${what} within ${timeoutMs / 1000} s.`,
  );
}

/** `faults`: why the temporary folders that are short enough could not be used. */
export function socketPathTooLong(path: string, mostBytes: number, faults: readonly string[]): StagedoorError {
  const message = `${path} is too long for the sockets of plugin processes, and no temporary folder can be used instead`;
  return new StagedoorError('STATE_UNWRITABLE', [message, ...faults].join('; '), {
    hint: `Set dynamicPlugins.stateDirectory, or TMPDIR, to a folder with a path of at most ${mostBytes} bytes.`,
  });
}

export function usersExhausted({ from, count }: { from: number; count: number }): StagedoorError {
  return new StagedoorError('PROCESS_USER_UNAVAILABLE', `All ${count} user ids from ${from} are in use.`, {
    hint: 'Raise dynamicPlugins.process.users.count.',
  });
}

export function userRecordsDamaged(path: string): StagedoorError {
  return new StagedoorError('PROCESS_USER_UNAVAILABLE', `${path} cannot be parsed.`, {
    hint: 'Restore the file, or remove the state directory while the portal is stopped.',
  });
}

/** Other users cannot pass `at`, which is `path` itself or a folder above it. */
export function pathClosed(at: string, mode: number, path: string): StagedoorError {
  const octal = (mode & 0o7777).toString(8).padStart(4, '0');
  const why = at === path ? '' : `, which contains ${path}`;
  return new StagedoorError(
    'PROCESS_USER_UNAVAILABLE',
    `Plugin processes, which run as other users, cannot read ${at} (mode ${octal})${why}.`,
    { hint: 'Let other users read it, move it, or remove dynamicPlugins.process.users.' },
  );
}

/** `command` removes the permission by hand. */
export function folderWritable(folder: string, command: string, cause: Error): StagedoorError {
  const message = `Every user can write to ${folder}, and its mode cannot be changed: ${cause.message}`;
  return new StagedoorError('PROCESS_USER_UNAVAILABLE', message, { cause, hint: command });
}

export function databaseIsLink(file: string): StagedoorError {
  return new StagedoorError(
    'PROCESS_USER_UNAVAILABLE',
    `${file} is a link, so its owner is not changed to the user of the plugin.`,
    { hint: 'Replace the link with the database itself, or use PostgreSQL.' },
  );
}

export function socketNotListening(cause: unknown): StagedoorError {
  const message = `The process does not listen on its socket: ${(cause as Error).message}.`;
  return new StagedoorError('INIT_FAILED', message, { cause });
}

export function usersUnavailable(why: string, capabilities: readonly string[]): StagedoorError {
  return new StagedoorError('PROCESS_USER_UNAVAILABLE', `dynamicPlugins.process.users cannot be applied: ${why}.`, {
    hint: `Start the portal as root with the capabilities ${capabilities.join(', ')}, or remove the setting.`,
  });
}
