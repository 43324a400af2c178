import { resolve } from 'node:path';
import type { Config } from '@backstage/config';
import { examineAccess, readWriters, type Writers } from './access';
import { examineDrops } from './drops';
import { configFileMissing, configUnreadable } from './errors';
import { findingOf, type Finding } from './finding';
import { examineFolders } from './folders';
import { examinePolicy } from './policy';
import { findPolicyModule } from './policyModule';
import { examineProcesses, readProcesses, type Processes } from './processes';
import { examineSignatures } from './signatures';

/** The examined portal. */
export interface ExaminedPortal {
  findings: Finding[];
  /** Absent if the config tells of no portal with dynamic plugins. */
  writers?: Writers;
  /** Absent if no plugin runs in a process. */
  processes?: Processes;
}

/** Findings about a portal that is started in `dir` with these config files, and who may change its plugins. */
export async function examinePortal(
  dir: string,
  files: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ExaminedPortal> {
  let config: Config;
  try {
    config = await readConfig(files);
  } catch (error) {
    return { findings: [findingOf(error, 'app-config')] };
  }
  const root = rootDirectory(config, dir);
  if (root === undefined) {
    const message = 'dynamicPlugins.rootDirectory is not set, so the portal loads no dynamic plugins.';
    return {
      findings: [{ level: 'error', subject: 'app-config', message, fix: 'Set it to a folder for bundles.' }],
    };
  }
  const folders = await examineFolders(root, dir, config);
  const { trusted, findings } = await examineSignatures(config, dir);
  const readable = !folders.some(({ subject, level }) => subject === root && level === 'error');
  const drops = readable ? await examineDrops(root, trusted, signal) : [];
  const writers = readWriters(config, await findPolicyModule(readable ? root : undefined, dir, signal));
  const processes = readProcesses(config);
  const policy = [...examineAccess(config, writers), ...examinePolicy(config), ...examineProcesses(config, processes)];
  return { findings: [...folders, ...findings, ...policy, ...drops], writers, processes };
}

function rootDirectory(config: Config, dir: string): string | undefined {
  const root = config.getOptional('dynamicPlugins.rootDirectory');
  return typeof root === 'string' ? resolve(dir, root) : undefined;
}

async function readConfig(files: readonly string[]): Promise<Config> {
  const { ConfigSources } = await import('@backstage/config-loader');
  const targets = files.map((target) => ({ type: 'path' as const, target }));
  try {
    const config = await ConfigSources.toConfig(
      ConfigSources.default({ watch: false, argv: targets.flatMap(({ target }) => ['--config', target]) }),
    );
    config.close();
    return config;
  } catch (cause) {
    const error = cause as Error;
    throw error.name === 'NotFoundError' ? configFileMissing(error) : configUnreadable(error);
  }
}
