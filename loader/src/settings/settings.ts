import type { AccessSettings } from './access';
import type { AuthSettings } from './auth';
import type { DatabaseSettings } from './database';
import type { DowngradeSettings } from './downgrades';
import type { HealthSettings } from './health';
import type { MetricsSettings } from './metrics';
import type { PackageSettings } from './packages';
import type { Isolation, PluginSettings } from './plugins';
import type { ProcessSettings } from './process';
import type { SignatureSettings } from './signatures';
import type { VersionSettings } from './versions';

/** Everything under `dynamicPlugins` in app-config, complete; `config.d.ts` describes each key to operators. */
export interface Settings {
  /** The folder in which operators drop bundles, absolute. */
  rootDirectory: string;
  /** The folder of staged copies and state, absolute. */
  stateDirectory: string;
  startTimeoutMs: number;
  drainTimeoutMs: number;
  access: AccessSettings;
  auth: AuthSettings;
  /** Ids of host services that a bundle may replace for its own unit. */
  services: string[];
  signatures: SignatureSettings;
  packages: PackageSettings;
  downgrades: DowngradeSettings;
  versions: VersionSettings;
  /** Whether the build that ran last starts where the drop cannot run. */
  lastGood: boolean;
  database: DatabaseSettings;
  /** Where a plugin runs unless `plugins` says otherwise. */
  isolation: Isolation;
  process: ProcessSettings;
  /** By plugin id; without a prototype. */
  plugins: Record<string, PluginSettings>;
  /** Plugin ids or package names that readiness requires. */
  required: string[];
  health: HealthSettings;
  metrics: MetricsSettings;
}
