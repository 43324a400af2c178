import type { DiscoveryService, RootConfigService } from '@backstage/backend-plugin-api';
import { mkdir } from 'node:fs/promises';
import type { Place } from '../settings/places';
import type { StagedBundle } from '../stage/stagedBundle';
import { accessNeeds } from './accessNeeds';
import { databasePlaces, sqliteFolder } from './databasePlaces';
import { membranePolicy } from './membranePolicy';
import type { Confinement } from './nodeFlags';
import { writePreload } from './writePreload';

/** Inputs of {@link confine}. */
export interface ConfineOptions {
  config: RootConfigService;
  discovery: DiscoveryService;
  cwd: string;
  environment: NodeJS.ProcessEnv;
  stateDirectory: string;
  loaderDir: string;
  pluginId: string | undefined;
  bundles: readonly StagedBundle[];
  connect: readonly Place[];
  socketPath: string;
  temporary: string;
  /** The user that it runs as, if not that of the portal. */
  user: number | undefined;
}

/** Prepares the confinement of a plugin's process: its folders, its permissions, and the membrane. */
export async function confine(options: ConfineOptions): Promise<Confinement> {
  const { config, cwd, pluginId, socketPath, temporary, loaderDir, user } = options;
  const database = databasePlaces(config, cwd, pluginId);
  const preload = preloadOf(socketPath);
  const needs = accessNeeds({ ...options, usesSqlite: database.usesSqlite, preload });
  // The process may write into these, but not create them. Another user is given its database later.
  const folder = user === undefined ? sqliteFolder(database) : undefined;
  for (const dir of [temporary, ...(folder ? [folder] : [])]) await mkdir(dir, { recursive: true, mode: 0o700 });
  await writePreload(preload, loaderDir, await membranePolicy({ ...options, database }), user);
  return { needs, preload };
}

/** The file that the process listening on a socket loads first. */
export function preloadOf(socketPath: string): string {
  return `${socketPath}.cjs`;
}
