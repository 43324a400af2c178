import { StagedoorError } from '@stagedoor/bundle';

export function keyExists(file: string, cause?: unknown): StagedoorError {
  return new StagedoorError('KEY_EXISTS', `${file} already exists.`, { cause });
}

export function keyFileUnreadable(cause: Error): StagedoorError {
  return new StagedoorError('KEY_INVALID', `The key file cannot be read: ${cause.message}`, {
    hint: 'Name the file that `stagedoor keygen` wrote.',
    cause,
  });
}

export function keyUnwritable(file: string, cause: unknown): StagedoorError {
  return new StagedoorError('OUTPUT_UNWRITABLE', `${file}: ${(cause as Error).message}`, { cause });
}

export function passphraseFileUnreadable(cause: Error): StagedoorError {
  return new StagedoorError('PASSPHRASE_MISSING', `The passphrase file cannot be read: ${cause.message}`, { cause });
}

export function noTerminalForPassphrase(name: string): StagedoorError {
  return new StagedoorError('PASSPHRASE_MISSING', `${name} needs a passphrase, and there is no terminal to ask on.`);
}

export function passphrasesDiffer(): StagedoorError {
  return new StagedoorError('PASSPHRASE_WRONG', 'The two passphrases differ.', { hint: 'Run the command again.' });
}

export function passphraseEmpty(source: string): StagedoorError {
  return new StagedoorError('PASSPHRASE_MISSING', `${source} is empty.`);
}

export function cannotSignAddress(): StagedoorError {
  return new StagedoorError('USAGE', 'Bundles at a URL cannot be signed.', { hint: 'Download it and sign the file.' });
}

export function signatureUnwritable(cause: unknown): StagedoorError {
  return new StagedoorError('OUTPUT_UNWRITABLE', `The signature cannot be written: ${(cause as Error).message}`, {
    hint: 'Correct the permissions of the bundle, or free space on its disk.',
    cause,
  });
}
