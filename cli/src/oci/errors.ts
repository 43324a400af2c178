import { StagedoorError } from '@stagedoor/bundle';

/** Mentions no secret: `why` names the file or the part of it. */
export function credentialsUnreadable(why: string, cause?: unknown): StagedoorError {
  return new StagedoorError('CREDENTIALS_UNREADABLE', why, { cause });
}

export function credentialHelperFailed(program: string, why: string, cause?: unknown): StagedoorError {
  return new StagedoorError('CREDENTIALS_UNREADABLE', `The credential helper ${program} failed: ${why}.`, { cause });
}

/** `why` follows the name of the image as it is: `: <field> …` or ` is …`. */
export function imageInvalid(shown: string, why: string, cause?: unknown): StagedoorError {
  return new StagedoorError('IMAGE_INVALID', `${shown}${why}`, { cause });
}

export function manifestDigestDiffers(shown: string, wanted: string, found: string): StagedoorError {
  return new StagedoorError('IMAGE_INVALID', `${shown}: the manifest has the digest ${found} instead of ${wanted}.`);
}

export function blobDiffers(shown: string, { size, digest }: { size: number; digest: string }): StagedoorError {
  return new StagedoorError(
    'IMAGE_INVALID',
    `${shown} does not match: the registry sent ${size} bytes with ${digest}.`,
  );
}

export function layerTypeUnsupported(shown: string, mediaType: string): StagedoorError {
  return new StagedoorError('IMAGE_INVALID', `${shown} has a layer of the unsupported type ${mediaType}.`);
}

export function zstdUnsupported(shown: string): StagedoorError {
  const message = `Node.js ${process.versions.node} cannot read ${shown}: its layers are compressed with zstd.`;
  return new StagedoorError('IMAGE_INVALID', message, {
    hint: 'Use Node.js 22.15 or later, or push the image with gzip layers, for example `podman push --compression-format gzip`.',
  });
}

export function nestedTooDeep(shown: string, mostIndexes: number): StagedoorError {
  return new StagedoorError('IMAGE_INVALID', `${shown} has more than ${mostIndexes} nested indexes.`);
}

export function platformUnavailable(shown: string, platform: string): StagedoorError {
  return new StagedoorError('IMAGE_INVALID', `${shown} is not available for ${platform}.`);
}

export function imageNotFound(shown: string, reference: string): StagedoorError {
  return new StagedoorError('IMAGE_NOT_FOUND', `${shown} has no ${reference}.`);
}

export function noPackageJson(shown: string, path: string): StagedoorError {
  return new StagedoorError('IMAGE_PATH_INVALID', `${shown} contains no package.json in ${path}.`);
}

export function pluginsUnnamed(shown: string): StagedoorError {
  return new StagedoorError('IMAGE_PATH_INVALID', `${shown} does not say which plugins it contains.`);
}

export function severalPlugins(shown: string, folders: readonly string[]): StagedoorError {
  return new StagedoorError(
    'IMAGE_PATH_INVALID',
    `${shown} contains ${folders.length} plugins: ${folders.join(', ')}.`,
    {
      hint: `Add the path of one of them to the reference, for example ${shown}!${folders[0]}`,
      details: { folders },
    },
  );
}

export function targetUnwritable(target: string, cause: Error): StagedoorError {
  return new StagedoorError('OUTPUT_UNWRITABLE', `${target}: ${cause.message}`, { cause });
}

export function notAPushTarget(image: string): StagedoorError {
  return new StagedoorError('USAGE', `Cannot push to ${image}: a push target takes no digest and no path.`, {
    hint: 'Push to oci://host/repository:tag.',
  });
}

export function pluginTwice(name: string): StagedoorError {
  return new StagedoorError('USAGE', `Two of the bundles are ${name}.`, {
    hint: 'An image contains one version of a plugin.',
  });
}

export function referenceInvalid(text: string, faults: readonly unknown[]): StagedoorError {
  return new StagedoorError('OCI_REFERENCE_INVALID', `${JSON.stringify(text)}: ${faults.join('; ')}.`);
}

export function registryFailed(shown: string, why: string, cause: unknown): StagedoorError {
  return new StagedoorError('REGISTRY_FAILED', `${shown}: ${why}.`, { cause });
}

/** An answer of a registry to a request for `what`, with its own `words`. */
interface RegistryAnswer {
  shown: string;
  what: string;
  status: number;
  words: string;
  retryAfter: string | null;
  hint?: string;
}

export function registryRefused({ shown, what, status, words, retryAfter, hint }: RegistryAnswer): StagedoorError {
  return new StagedoorError(
    'REGISTRY_FAILED',
    `${shown} answers ${status} to the request for ${what}${words ? `: ${words}` : '.'}`,
    { ...(hint !== undefined && { hint }), details: { status, ...(retryAfter !== null && { retryAfter }) } },
  );
}

export function partLost(shown: string, has: number, sent: number): StagedoorError {
  return new StagedoorError('REGISTRY_FAILED', `${shown} has ${has} bytes of a blob after ${sent} were sent.`, {
    details: { part: 'lost' },
  });
}

export function tokenServerUnsafe(realm: string): StagedoorError {
  return new StagedoorError('REGISTRY_FAILED', `The registry names ${JSON.stringify(realm)} as its token server.`, {
    hint: 'Credentials are sent only to https addresses, unless --insecure is given.',
  });
}

export function tokenRefused(shown: string, status: number): StagedoorError {
  const refused = status >= 400 && status < 500 && status !== 429;
  const code = refused ? 'REGISTRY_UNAUTHORIZED' : 'REGISTRY_FAILED';
  return new StagedoorError(code, `${shown} issues no token: it answers ${status}.`);
}

/** `reason` names where the credentials are from, and the answer to them. */
export function credentialsRefused(shown: string, reason: string, host: string): StagedoorError {
  return new StagedoorError('REGISTRY_UNAUTHORIZED', `${shown}: the credentials in ${reason}`, {
    hint: `Log in again, for example with \`docker login ${host}\`, or check the permissions of the account.`,
  });
}

export function credentialsRequired(shown: string): StagedoorError {
  return new StagedoorError('REGISTRY_UNAUTHORIZED', `${shown} requires credentials.`);
}

export function notPermitted(shown: string, status: number): StagedoorError {
  return new StagedoorError('REGISTRY_UNAUTHORIZED', `${shown} answers ${status}: not permitted.`);
}

export function redirectRefused(shown: string, origin: string, status: number, host: string): StagedoorError {
  return new StagedoorError('REGISTRY_UNAUTHORIZED', `${shown} redirects to ${origin}, which answers ${status}.`, {
    hint: `Credentials are sent only to ${host}, not to servers that it redirects to. Contact the operator of that registry.`,
    details: { elsewhere: origin },
  });
}
