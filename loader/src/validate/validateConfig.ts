import type { Config } from '@backstage/config';
import { configOrigin } from './configOrigin';
import { type SchemaEntry } from './configSchema';
import type { StagedBundle } from '../stage/stagedBundle';
import { configInvalid, configSchemaInvalid, configSchemaLimit, type ConfigFault } from './errors';
import type { PassedChecks } from './passedChecks';
import type { SchemaJob } from './schemaWorker/messages';
import type { SchemaWorkers } from './schemaWorker/schemaWorkers';

/** A message of config-loader: the expectation, parameters, and the place as a JSON pointer. */
const MESSAGE = /^Config (.*) \{ (.*) \} at (.*)$/s;

/** Inputs of a check of app-config. */
export interface ConfigCheck {
  config: Config;
  workers: SchemaWorkers;
  /** Absent if nothing is kept between starts. */
  passed?: PassedChecks;
  /** Called when schemas begin to compile: from then on the bundle's time counts. */
  begun?: () => void;
}

/**
 * Checks app-config against the schemas of a bundle in a separate thread, unless it is known to match. Throws CONFIG_INVALID
 * with every error, also in `details.faults`; CONFIG_SCHEMA_INVALID, CONFIG_SCHEMA_LIMIT.
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
  if ('invalid' in checked) throw configSchemaInvalid(name, file, checked.invalid);
  if ('exceeded' in checked) throw configSchemaLimit(name, file, checked.exceeded);
  if (checked.messages.length === 0) return await passed?.add(bundle, job);
  const faults = checked.messages.map((text) => faultOf(text, config));
  throw configInvalid(name, faults);
}

/** The job for a thread. */
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
