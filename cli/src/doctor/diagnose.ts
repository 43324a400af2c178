import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StagedoorError } from '@stagedoor/bundle';
import { lostCommands } from './backstageCli';
import type { Finding } from './finding';
import type { Diagnosis, DoctorOptions } from './options';

const CONFIG_FILES = ['app-config.yaml', 'app-config.local.yaml'];

/**
 * Examines a plugin package, a portal, or a folder that is both, without changing anything. What is wrong is a finding;
 * throws USAGE where there is nothing to examine.
 */
export async function diagnose(options: DoctorOptions): Promise<Diagnosis> {
  const folder = resolve(options.cwd, options.folder ?? '.');
  const config = configFiles(options, folder);
  const isPortal = config.length > 0;
  const isPlugin = existsSync(join(folder, 'package.json')) && (!isPortal || options.host !== undefined);
  if (!isPlugin && !isPortal) {
    throw new StagedoorError('USAGE', `${folder} holds neither a package.json nor an app-config.yaml.`, {
      hint: 'Name the folder of a plugin package or of a portal, or the config files of a portal with --config.',
    });
  }
  const findings: Finding[] = [];
  if (isPlugin) findings.push(...(await (await import('./plugin')).examinePlugin(folder, options)));
  const portal = isPortal ? await (await import('./portal')).examinePortal(folder, config, options.signal) : undefined;
  findings.push(...(portal?.findings ?? []), ...(await lostCommands(folder)));
  const kinds: Diagnosis['kinds'] = [
    ...(isPlugin ? (['plugin'] as const) : []),
    ...(isPortal ? (['portal'] as const) : []),
  ];
  return {
    folder,
    kinds,
    ...(portal?.writers && { writers: portal.writers }),
    ...(portal?.processes && { processes: portal.processes }),
    findings: findings.sort((a, b) => Number(b.level === 'error') - Number(a.level === 'error')),
  };
}

function configFiles({ config, cwd }: DoctorOptions, folder: string): string[] {
  if (config.length > 0) return config.map((file) => resolve(cwd, file));
  const files = CONFIG_FILES.map((file) => join(folder, file));
  return existsSync(files[0]!) ? files.filter((file) => existsSync(file)) : [];
}
