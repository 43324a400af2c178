import { StagedoorError } from '@stagedoor/bundle';

export function versionTooOld(name: string, version: string, minVersion: string): StagedoorError {
  return new StagedoorError('VERSION_TOO_OLD', `${name}@${version} is older than ${minVersion}.`, {
    details: { version, minVersion },
  });
}

export function noDefaultList(image: string, file: string): StagedoorError {
  return new StagedoorError('CATALOG_INDEX_INVALID', `${image} contains no ${file}.`);
}

export function configConflicts(conflicts: readonly string[]): StagedoorError {
  return new StagedoorError('PLUGIN_CONFIG_CONFLICT', `${conflicts.join('; ')}.`);
}

/** One line for each package that is listed twice. */
export function listedTwice(lines: readonly string[]): StagedoorError {
  return new StagedoorError('PLUGIN_LISTED_TWICE', lines.join('\n'));
}

/** One line for each fault; `all` is for `details`. */
export function listInvalid(lines: readonly string[], all: readonly string[]): StagedoorError {
  return new StagedoorError('PLUGIN_LIST_INVALID', lines.join('\n'), { details: { faults: all } });
}

export function listUnreadable(file: string, cause: Error): StagedoorError {
  return new StagedoorError('PLUGIN_LIST_INVALID', `${file}: ${cause.message}`, { cause });
}

/** `what` follows the name of the file, for example `is not a file`. */
export function listRefused(file: string, what: string): StagedoorError {
  return new StagedoorError('PLUGIN_LIST_INVALID', `${file} ${what}.`);
}

export function listMissing(file: string): StagedoorError {
  return new StagedoorError('PLUGIN_LIST_INVALID', `${file} does not exist or is empty.`, {
    hint: 'Name the list with --config, or write `plugins: []` for a list without plugins.',
  });
}

export function includesTooMuch(include: string, mostBytes: number): StagedoorError {
  const message = `${include} makes the list larger than ${mostBytes} bytes, including everything that it includes.`;
  return new StagedoorError('PLUGIN_LIST_INVALID', message, {
    hint: 'Include fewer or smaller files. The limit is 4 MiB with YAML aliases expanded.',
  });
}

export function unknownPackageForm(): StagedoorError {
  return new StagedoorError('PLUGIN_LIST_INVALID', 'Unsupported package specifier.');
}

export function credentialsInList(lines: readonly string[]): StagedoorError {
  return new StagedoorError('CREDENTIALS_IN_LIST', lines.join('\n'));
}

export function integrityMissing(lines: readonly string[]): StagedoorError {
  return new StagedoorError('INTEGRITY_MISSING', lines.join('\n'));
}

export function referencesUnresolved(lines: readonly string[]): StagedoorError {
  return new StagedoorError('PLUGIN_REFERENCE_UNRESOLVED', lines.join('\n'));
}

export function lockFileMissing(file: string): StagedoorError {
  return new StagedoorError('PLUGIN_LOCK_MISMATCH', `There is no ${file} to compare the plugins with.`);
}

/** `why` follows the name of the file as it is: `: <field> …` or ` is …`. */
export function lockFileInvalid(file: string, why: string, cause?: unknown): StagedoorError {
  return new StagedoorError('PLUGIN_LOCK_INVALID', `${file}${why}`, { cause });
}

export function lockMismatch(file: string, differences: readonly string[]): StagedoorError {
  return new StagedoorError('PLUGIN_LOCK_MISMATCH', `${file}: ${differences.join('; ')}.`, {
    details: { differences },
  });
}

export function blobMissing(digest: string): StagedoorError {
  return new StagedoorError('MIRROR_INVALID', `The mirror does not contain ${digest}.`);
}

export function blobChanged(file: string, digest: string): StagedoorError {
  return new StagedoorError('MIRROR_INVALID', `${file} has the digest ${digest}.`);
}

/** `why` as for {@link lockFileInvalid}. */
export function mirrorInvalid(file: string, why: string, cause?: unknown): StagedoorError {
  return new StagedoorError('MIRROR_INVALID', `${file}${why}`, { cause });
}

export function notAMirror(out: string): StagedoorError {
  return new StagedoorError('OUTPUT_NOT_A_BUNDLE', `${out} exists and is not a mirror.`, {
    hint: 'Name a new or empty folder, or an archive, for example mirror.tgz.',
  });
}

/** `who`: the process that has the lock, e.g. `Process 12 on host-a`. */
export function installInProgress(who: string, folder: string, seconds: number): StagedoorError {
  const message = `${who} has been installing for ${seconds} s into the root directory of ${folder}.`;
  return new StagedoorError('INSTALL_IN_PROGRESS', message);
}

export function lockLost(who: string, folder: string): StagedoorError {
  return new StagedoorError('INSTALL_LOCK_LOST', `${who} took over the root directory of ${folder}.`);
}

export function entryTaken(path: string): StagedoorError {
  return new StagedoorError('ROOT_ENTRY_TAKEN', `${path} already exists and was not created by install.`);
}
