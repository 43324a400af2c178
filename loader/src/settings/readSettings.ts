import type { Config } from '@backstage/config';
import { dirname, join, resolve } from 'node:path';
import { readAccess } from './access';
import { readAuth } from './auth';
import { readDatabase } from './database';
import { readDowngrades } from './downgrades';
import { settingsInvalid } from './errors';
import { readHealth } from './health';
import { readMetrics } from './metrics';
import { readPackages } from './packages';
import { readIsolation, readPlugins } from './plugins';
import { readProcess } from './process';
import { Section } from './section';
import { readServices } from './services';
import type { Settings } from './settings';
import { readSignatures } from './signatures';
import { readVersions } from './versions';

const KEYS = [
  'rootDirectory',
  'stateDirectory',
  'startTimeout',
  'drainTimeout',
  'operators',
  'upload',
  'auth',
  'services',
  'signatures',
  'packages',
  'downgrades',
  'versions',
  'lastGood',
  'database',
  'isolation',
  'process',
  'plugins',
  'required',
  'health',
  'metrics',
  // Read by the portal's app, not here.
  'frontend',
];

/**
 * Reads `dynamicPlugins` and reports all errors at once (SETTING_INVALID). Relative paths are resolved from `cwd`. Undefined
 * without `dynamicPlugins.rootDirectory`: a portal without dynamic plugins.
 */
export function readSettings(config: Config, cwd: string): Settings | undefined {
  const faults: string[] = [];
  const section = new Section(config, '', faults).section('dynamicPlugins', KEYS);
  const rootDirectory = resolve(cwd, section.string('rootDirectory') ?? '.');
  const stateDirectory = section.string('stateDirectory');
  const settings: Settings = {
    rootDirectory,
    stateDirectory: stateDirectory ? resolve(cwd, stateDirectory) : join(dirname(rootDirectory), '.stagedoor'),
    startTimeoutMs: section.duration('startTimeout') ?? 30_000,
    drainTimeoutMs: section.duration('drainTimeout') ?? 10_000,
    access: readAccess(section),
    auth: readAuth(section),
    services: readServices(section),
    signatures: readSignatures(section, cwd),
    packages: readPackages(section),
    downgrades: readDowngrades(section),
    versions: readVersions(section),
    lastGood: section.boolean('lastGood') ?? true,
    database: readDatabase(section),
    isolation: readIsolation(section) ?? 'in-process',
    process: readProcess(section),
    plugins: readPlugins(section),
    required: section.strings('required'),
    health: readHealth(section),
    metrics: readMetrics(section),
  };
  if (faults.length > 0) throw settingsInvalid(faults);
  return section.has('rootDirectory') ? settings : undefined;
}
