import type { RootConfigService } from '@backstage/backend-plugin-api';
import { readDurationFromConfig, type Config } from '@backstage/config';
import { durationToMilliseconds } from '@backstage/types';
import { StagedoorError } from '@stagedoor/bundle';
import { dirname, join, resolve } from 'node:path';

/** Everything under `dynamicPlugins` in app-config, complete. */
export interface Settings {
  /** Where operators drop bundles, absolute. */
  rootDirectory: string;
  /** Where staged copies and state live, absolute. */
  stateDirectory: string;
  startTimeoutMs: number;
  drainTimeoutMs: number;
  /** Paths outside `/api/<pluginId>` that a plugin may mount, by plugin id. */
  rootRoutes: Record<string, string[]>;
}

const KEYS = ['rootDirectory', 'stateDirectory', 'startTimeout', 'drainTimeout', 'auth'];
const AUTH_KEYS = ['rootRoutes'];

/**
 * Reads `dynamicPlugins`, all faults at once (SETTING_INVALID). Relative folders are taken from the working
 * directory. Undefined without `dynamicPlugins.rootDirectory`: a portal without dynamic plugins.
 */
export function readSettings(config: RootConfigService, cwd: string): Settings | undefined {
  const section = config.getOptionalConfig('dynamicPlugins');
  if (!section?.has('rootDirectory')) return undefined;
  const faults: string[] = [];
  const read = <T>(what: () => T): T | undefined => {
    try {
      return what();
    } catch (error) {
      faults.push((error as Error).message);
      return undefined;
    }
  };
  unknownKeys(section, KEYS, 'dynamicPlugins', faults);
  const auth = read(() => section.getOptionalConfig('auth'));
  if (auth) unknownKeys(auth, AUTH_KEYS, 'dynamicPlugins.auth', faults);
  const rootDirectory = resolve(cwd, read(() => section.getString('rootDirectory')) ?? '.');
  const stateDirectory = read(() => section.getOptionalString('stateDirectory'));
  const settings: Settings = {
    rootDirectory,
    stateDirectory: stateDirectory ? resolve(cwd, stateDirectory) : join(dirname(rootDirectory), '.stagedoor'),
    startTimeoutMs: read(() => duration(section, 'startTimeout')) ?? 30_000,
    drainTimeoutMs: read(() => duration(section, 'drainTimeout')) ?? 10_000,
    rootRoutes: read(() => rootRoutes(auth)) ?? {},
  };
  if (faults.length > 0) throw new StagedoorError('SETTING_INVALID', faults.join('; '), { details: { faults } });
  return settings;
}

function unknownKeys(section: Config, accepted: string[], where: string, faults: string[]): void {
  for (const key of section.keys()) {
    if (!accepted.includes(key)) faults.push(`Unknown key '${where}.${key}', accepted: ${accepted.join(', ')}`);
  }
}

/** A duration in milliseconds; a plain number means milliseconds, otherwise Backstage's duration forms. */
function duration(section: Config, key: string): number | undefined {
  const value = section.getOptional(key);
  if (value === undefined) return undefined;
  const ms = typeof value === 'number' ? value : durationToMilliseconds(readDurationFromConfig(section, { key }));
  if (!(ms > 0 && ms <= 3_600_000)) {
    throw new Error(`'dynamicPlugins.${key}' must be more than 0 and at most one hour, e.g. '30s'`);
  }
  return ms;
}

function rootRoutes(auth: Config | undefined): Record<string, string[]> {
  const section = auth?.getOptionalConfig('rootRoutes');
  if (!section) return {};
  return Object.fromEntries(section.keys().map((pluginId) => [pluginId, section.getStringArray(pluginId)]));
}
