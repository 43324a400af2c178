import { StagedoorError } from './error';
import { MANIFEST_FILE } from './names';

export function manifestMissing(place: string): StagedoorError {
  return new StagedoorError('MANIFEST_MISSING', `${place} contains no ${MANIFEST_FILE}.`);
}

export function formatUnsupported(file: string, format: number, supported: number): StagedoorError {
  return new StagedoorError(
    'FORMAT_UNSUPPORTED',
    `${file} has format ${format}; this host supports format ${supported}.`,
  );
}

/** `why` follows the name of the file as it is: `: <field> …` or ` is not …`. */
export function manifestInvalid(file: string, why: string, cause?: unknown): StagedoorError {
  return new StagedoorError('MANIFEST_INVALID', `${file}${why}`, { cause });
}

export function packageJsonMissing(dir: string): StagedoorError {
  return new StagedoorError('PACKAGE_JSON_MISSING', `${dir} contains no package.json.`);
}

/** `why` as for {@link manifestInvalid}. */
export function packageJsonInvalid(file: string, why: string, cause?: unknown): StagedoorError {
  return new StagedoorError('PACKAGE_JSON_INVALID', `${file}${why}`, { cause });
}

export function neitherFileNorFolder(path: string): StagedoorError {
  return new StagedoorError('ARCHIVE_UNSAFE', `${path} is neither a file nor a folder.`);
}

/** Names the first five faults; `details.faults` has up to a hundred. */
export function filesDiffer(name: string, faults: readonly string[]): StagedoorError {
  const more = faults.length > 5 ? ` and ${faults.length - 5} more` : '';
  return new StagedoorError('DIGEST_MISMATCH', `${name}: ${faults.slice(0, 5).join('; ')}${more}.`, {
    details: { faults: faults.slice(0, 100) },
  });
}

export function oldFrontendSystem(name: string, remoteManifest: string, hint: string): StagedoorError {
  const message =
    `${name} is built for the old frontend system: it has a dist-scalprum folder, which apps on Scalprum load, but no ` +
    `${remoteManifest}, which apps on the new frontend system load.`;
  return new StagedoorError('REMOTE_INVALID', message, { hint });
}

export function remoteManifestMissing(name: string, remoteManifest: string): StagedoorError {
  const message = `${name} is not a Module Federation remote: it has no ${remoteManifest}.`;
  return new StagedoorError('REMOTE_INVALID', message, {
    hint: `Export the plugin with \`npx @stagedoor/cli export ${name.replace(/-dynamic$/, '')}\`, and drop the complete output.`,
  });
}

export function sharedPackageMissing(name: string, from: string): StagedoorError {
  return new StagedoorError('SHARED_PACKAGE_MISSING', `${name} is not installed for ${from}.`);
}
