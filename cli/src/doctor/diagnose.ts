import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  SHARED_ROOT,
  backstageRelease,
  findPackageDir,
  readPackageJson,
  type BackstageRelease,
} from '@stagedoor/bundle';
import { lostCommands } from './backstageCli';
import { nothingToDiagnose } from './errors';
import type { Finding } from './finding';
import { locatePortal } from './locatePortal';
import type { Diagnosis, DoctorOptions } from './options';

/**
 * Examines a plugin package, a portal, or a folder that is both, without changing anything. Problems are findings; throws
 * USAGE if there is nothing to examine.
 */
export async function diagnose(options: DoctorOptions): Promise<Diagnosis> {
  const folder = resolve(options.cwd, options.folder ?? '.');
  const place = locatePortal(folder);
  const isGiven = options.config.length > 0;
  const config = isGiven ? options.config.map((file) => resolve(options.cwd, file)) : place.config;
  const dir = isGiven ? folder : place.dir;
  const isPortal = config.length > 0;
  const isPlugin = existsSync(join(folder, 'package.json')) && (!isPortal || options.host !== undefined);
  if (!isPlugin && !isPortal) {
    throw nothingToDiagnose(folder);
  }
  const findings: Finding[] = [];
  if (isPlugin) findings.push(...(await (await import('./plugin')).examinePlugin(folder, options)));
  const portal = isPortal ? await (await import('./portal')).examinePortal(dir, config, options.signal) : undefined;
  findings.push(...(portal?.findings ?? []), ...(await lostCommands(folder)));
  const backstage = isPortal ? await releaseOf(dir) : undefined;
  const kinds: Diagnosis['kinds'] = [
    ...(isPlugin ? (['plugin'] as const) : []),
    ...(isPortal ? (['portal'] as const) : []),
  ];
  return {
    folder,
    kinds,
    ...(backstage && { backstage }),
    ...(portal?.writers && { writers: portal.writers }),
    ...(portal?.processes && { processes: portal.processes }),
    findings: findings.sort((a, b) => Number(b.level === 'error') - Number(a.level === 'error')),
  };
}

async function releaseOf(dir: string): Promise<BackstageRelease | undefined> {
  const installed = findPackageDir(SHARED_ROOT, dir);
  return backstageRelease(dir, installed && (await readPackageJson(installed)).version);
}
