import type { Config } from '@backstage/config';
import type { ConfigSchema } from '@backstage/config-loader';
import { StagedoorError } from '@stagedoor/bundle';
import { configOrigin } from './configOrigin';

/** One value of app-config that a schema does not take. */
export interface ConfigFault {
  /** E.g. `greeter.times`, empty for all of app-config. */
  key: string;
  /** What the schema expects, e.g. `must be number`. */
  expected: string;
  /** The file that the value came from, where that is known. */
  file?: string;
}

/** A message of config-loader: what is expected, parameters, and where, as a JSON pointer. */
const MESSAGE = /^Config (.*) \{ (.*) \} at (.*)$/s;

/** Holds the app-config against the schema of a bundle. Throws CONFIG_INVALID with every fault, in `details.faults` too. */
export function validateConfig(name: string, schema: ConfigSchema, config: Config): void {
  try {
    schema.process([{ data: config.get(), context: 'app-config' }]);
  } catch (cause) {
    const { messages, message } = cause as Error & { messages?: string[] };
    const faults = (messages ?? [message]).map((text) => faultOf(text, config));
    const text = faults.map(({ key, expected, file }) => `${key || 'it'} ${expected}${file ? ` (in ${file})` : ''}`);
    throw new StagedoorError('CONFIG_INVALID', `app-config does not suit ${name}: ${text.join('; ')}.`, {
      cause,
      details: { faults },
    });
  }
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
  const values = /^allowedValues=(.*)$/s.exec(parameters!)?.[1];
  const file = configOrigin(config, path);
  const said = values === undefined ? expected : `must be one of ${values.replaceAll(',', ', ')}`;
  return { key: path.join('.'), expected: said, ...(file && { file }) };
}
