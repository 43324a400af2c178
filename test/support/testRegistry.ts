import { onTestFinished } from 'vitest';
import { startFixedRegistry } from '../../scripts/lib/fixedRegistry.mjs';
import { runProcess } from './childProcess';

/** Where a test installs packages from. */
export interface TestRegistry {
  /** With a slash at its end. */
  url: string;
  /** Makes npm and pnpm use it. */
  env: Record<string, string>;
  /** A line for each package that an install asked for in vain, of which `output` is what it wrote. */
  missing(output: string): string[];
}

/**
 * The registry that everything comes from that a test installs: one that holds what the lockfile names (see
 * scripts/lib/fixedRegistry.mjs), or for `npm run registry` the one that npm is set up for. Until the running test ends.
 */
export async function testRegistry(): Promise<TestRegistry> {
  if (process.env.STAGEDOOR_TEST_REGISTRY === 'live') return await liveRegistry();
  const { url, missing, stop } = await startFixedRegistry();
  onTestFinished(stop);
  const hint = 'if a test needs it, run `node scripts/renew-test-packages.mjs`';
  return {
    url,
    env: { npm_config_registry: url },
    missing: () => [...missing].map((name) => `Not among the packages that tests install: ${name}; ${hint}`),
  };
}

async function liveRegistry(): Promise<TestRegistry> {
  const { stdout } = await runProcess('npm', ['config', 'get', 'registry', '--loglevel', 'error']);
  return {
    url: `${stdout.trim().replace(/\/$/, '')}/`,
    env: {},
    missing: (output) => missingPackages(output).map((name) => `The registry does not serve ${name}`),
  };
}

/** How npm, pnpm and Yarn name what a registry does not have. */
const COMPLAINTS = [
  /No matching version found for (\S+?)[.,]?\s/g,
  /404 Not Found - GET \S+?\/((?:@|%40)?[^\s/]+(?:(?:\/|%2f)[^\s/]+)?)(?: |$)/gim,
  /(\S+): (?:No candidates found|Package not found|The remote server failed)/g,
  /No match found for (\S+)/g,
];

/** The packages, with ranges where they are told, that an install could not get. */
export function missingPackages(output: string): string[] {
  const names = COMPLAINTS.flatMap((complaint) => [...output.matchAll(complaint)].map((match) => match[1]!));
  return [...new Set(names.map((name) => decodeURIComponent(name)))];
}
