import { databaseDrivers, findPackageDir } from '@stagedoor/bundle';
import { hostPackages } from '../host/hostPackages';
import { faultText } from '../errors/faultText';
import { join } from 'node:path';
import type { LauncherOptions } from '../process/childLauncher';
import { ProcessHost, usesProcesses } from '../process/processHost';
import { PluginUsers } from '../process/users/pluginUsers';
import type { UnitHost } from './startGeneration';
import type { Bundles } from './bundles';
import { reportSupervision } from './reportSupervision';
import type { Units } from './units';

/** Runs plugins in separate processes, and reports their state; undefined if no setting requires it. Throws STATE_UNWRITABLE. */
export async function openProcesses({
  units,
  bundles,
  ...options
}: Omit<LauncherOptions, 'users'> & { units: Units; bundles: Bundles }): Promise<UnitHost['processes']> {
  if (!usesProcesses(options.settings)) return undefined;
  return {
    processes: new ProcessHost({ ...options, users: await openUsers(options) }),
    onSupervision: (generation, supervision) => reportSupervision(generation, supervision, { units, bundles }),
  };
}

/** The users of plugins, if the settings require them. */
async function openUsers(options: Omit<LauncherOptions, 'users'>): Promise<PluginUsers | undefined> {
  const { settings, stateDirectory, cwd, config, rootLogger } = options;
  const range = settings.process.users;
  if (!range) return undefined;
  const host = [...hostPackages(), ...databaseDrivers(__dirname)].map(({ dir }) => dir);
  const packages = [findPackageDir('@stagedoor/bundle', __dirname), ...host];
  const needed = [join(__dirname, 'child.cjs.js'), ...packages.filter((dir) => dir !== undefined)];
  const users = await PluginUsers.open({
    range,
    rootDirectory: settings.rootDirectory,
    stateDirectory,
    cwd,
    config,
    needed,
  });
  if (users.fault) rootLogger.error(faultText(users.fault));
  return users;
}
