import type { Config } from '@backstage/config';
import { StagedoorError } from '@stagedoor/bundle';
import { configOrigin } from './configOrigin';
import { schemaInvalid, schemaLimit, type SchemaEntry } from './configSchema';
import type { StagedBundle } from '../stage/stagedBundle';
import type { PassedChecks } from './passedChecks';
import type { SchemaJob } from './schemaWorker/messages';
import type { SchemaWorkers } from './schemaWorker/schemaWorkers';

/** One value of app-config that a schema does not take. */
interface ConfigFault {
  /** E.g. `greeter.times`, empty for all of app-config. */
  key: string;
  /** What the schema expects, e.g. `must be number`. */
  expected: string;
  /** The file that the value came from, where that is known. */
  file?: string;
}

/** A message of config-loader: what is expected, parameters, and where, as a JSON pointer. */
const MESSAGE = /^Config (.*) \{ (.*) \} at (.*)$/s;

/** What app-config is checked with. */
export interface ConfigCheck {
  config: Config;
  workers: SchemaWorkers;
  /** Absent where nothing is kept between starts. */
  passed?: PassedChecks;
  /** Hears that schemas are being compiled: from then on the time is the bundle's. */
  begun?: () => void;
}

/**
 * Holds the app-config against the schemas of a bundle, in a thread of its own, unless it is known to match. Throws
 * CONFIG_INVALID with every fault, in `details.faults` too; CONFIG_SCHEMA_INVALID, CONFIG_SCHEMA_LIMIT.
 */
export async function validateConfig(
  bundle: StagedBundle,
  entries: readonly SchemaEntry[],
  { config, workers, passed, begun }: ConfigCheck,
): Promise<void> {
  const { name } = bundle;
  const file = entries[0]!.path;
  const job = jobOf(entries, config);
  if (await passed?.has(bundle, job)) return;
  const checked = await workers.check(job, begun);
  if ('invalid' in checked) throw schemaInvalid(name, file, checked.invalid);
  if ('exceeded' in checked) throw schemaLimit(name, file, checked.exceeded);
  if (checked.messages.length === 0) return await passed?.add(bundle, job);
  const faults = checked.messages.map((text) => faultOf(text, config));
  const text = faults.map(
    (fault) => `${fault.key || 'it'} ${fault.expected}${fault.file ? ` (in ${fault.file})` : ''}`,
  );
  throw new StagedoorError(
    'CONFIG_INVALID',
    `app-config does not match the config schema of ${name}: ${text.join('; ')}.`,
    {
      details: { faults },
    },
  );
}

/** What a thread is asked about config schemas. */
export function jobOf(entries: readonly SchemaEntry[], config: Config): SchemaJob {
  return { entries, data: JSON.stringify(config.get()) };
}

function faultOf(message: string, config: Config): ConfigFault {
  const [, expected, parameters, pointer] = MESSAGE.exec(message) ?? [];
  if (expected === undefined) return { key: '', expected: message };
  const path = pointer!
    .split('/')
    .filter((part) => part !== '')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const missing = /^missingProperty=(.*)$/s.exec(parameters!)?.[1];
  if (missing !== undefined) return { key: [...path, missing].join('.'), expected: 'is missing' };
  // What else is about one property names it beside the object that holds it.
  const property = /^(?:additionalProperty|unevaluatedProperty|propertyName)=(.*)$/s.exec(parameters!)?.[1];
  if (property !== undefined) path.push(property);
  const values = /^allowedValues=(.*)$/s.exec(parameters!)?.[1];
  const file = configOrigin(config, path);
  const said = values === undefined ? expected : `must be one of ${values.replaceAll(',', ', ')}`;
  return { key: path.join('.'), expected: said, ...(file && { file }) };
}
