import { StagedoorError } from '@stagedoor/bundle';

export function configSchemaInvalid(name: string, file: string, why: string, cause?: unknown): StagedoorError {
  return new StagedoorError('CONFIG_SCHEMA_INVALID', `The config schema ${file} of ${name} is not valid: ${why}`, {
    hint: 'Export the plugin again with `stagedoor export`.',
    cause,
  });
}

export function configSchemaLimit(name: string, file: string, why: string): StagedoorError {
  return new StagedoorError('CONFIG_SCHEMA_LIMIT', `The config schema ${file} of ${name} is refused: ${why}.`);
}

export function roleMissing(name: string): StagedoorError {
  return new StagedoorError('ROLE_MISSING', `package.json of ${name} has no backstage.role.`);
}

export function roleUnsupported(name: string, role: string): StagedoorError {
  return new StagedoorError('ROLE_UNSUPPORTED', `${name} has the role '${role}', which this portal does not load.`);
}

export function entryPointOutside(name: string, target: string): StagedoorError {
  return new StagedoorError(
    'MAIN_OUTSIDE',
    `main or exports of ${name} points outside the bundle: ${target.slice(0, 200)}`,
  );
}

export function backstageUnsupported(name: string, declared: string, release: string): StagedoorError {
  return new StagedoorError(
    'BACKSTAGE_VERSION_UNSUPPORTED',
    `${name} supports Backstage ${declared}; this portal runs ${release}.`,
  );
}

export function peerUnknown(name: string, peer: string): StagedoorError {
  return new StagedoorError('PEER_UNKNOWN', `${name} needs ${peer} from its host; this portal does not share it.`);
}

export function peerUnsatisfied(name: string, peer: string, range: string, version: string): StagedoorError {
  return new StagedoorError('PEER_UNSATISFIED', `${name} needs ${peer} ${range}; this portal has ${version}.`);
}

export function appUnsatisfied(name: string, peer: string, range: string, version: string): StagedoorError {
  return new StagedoorError(
    'PEER_UNSATISFIED',
    `${name} needs ${peer} ${range}; the app of this portal has ${version}.`,
    {
      hint: `Export a version of the plugin that fits the app (\`stagedoor export --host\` chooses it), or update the packages of the app.`,
    },
  );
}

export function platformMismatch(name: string, builtFor: string, host: string): StagedoorError {
  return new StagedoorError(
    'PLATFORM_MISMATCH',
    `${name} contains native code for ${builtFor}; this portal runs on ${host}.`,
  );
}

/** A value of app-config that does not match a schema. */
export interface ConfigFault {
  /** For example `greeter.times`; empty for the config as a whole. */
  key: string;
  /** What the schema expects, for example `must be number`. */
  expected: string;
  /** The file that sets the value, where it is known. */
  file?: string;
}

export function configInvalid(name: string, faults: readonly ConfigFault[]): StagedoorError {
  const text = faults.map(({ key, expected, file }) => `${key || 'it'} ${expected}${file ? ` (in ${file})` : ''}`);
  return new StagedoorError(
    'CONFIG_INVALID',
    `app-config does not match the config schema of ${name}: ${text.join('; ')}.`,
    { details: { faults } },
  );
}

/** `name` and another bundle disagree on `key`; each is in one of the two lists. */
export function visibilityConflict(
  name: string,
  { key, shownBy, secretTo }: { key: string; shownBy: string[]; secretTo: string[] },
): StagedoorError {
  const shows = shownBy.includes(name);
  const [holder] = shows ? secretTo : shownBy;
  const [own, theirs] = shows ? ['visible to browsers', 'secret'] : ['secret', 'visible to browsers'];
  const message = `${name} declares ${key} of app-config ${own}; ${holder}, which came before it, declares it ${theirs}.`;
  return new StagedoorError('CONFIG_VISIBILITY_CONFLICT', message, {
    hint: `Correct the visibility of ${key} in the config schema of ${name} or of ${holder}, or remove one of the two.`,
    details: { key, claimant: name, holder },
  });
}
