import { relative, sep } from 'node:path';
import { dependencies, version } from '../../package.json';
import type { Member } from '../workspace/members';
import { PACKAGE_DIR } from './templates';

/** What packages that are made depend on, of the Backstage release that this one is built with. */
const RANGES: Record<string, string> = {
  '@backstage/backend-plugin-api': dependencies['@backstage/backend-plugin-api'],
  '@backstage/backend-test-utils': '^1.11.7',
  '@backstage/config': dependencies['@backstage/config'],
  '@backstage/core-app-api': '^1.20.5',
  '@backstage/frontend-plugin-api': '^0.18.1',
  '@backstage/ui': '^0.18.0',
  '@testing-library/dom': '^10.4.0',
  '@testing-library/react': '^16.3.0',
  '@types/express': '^4.17.21',
  '@types/node': '^20.19.0',
  '@types/react': '^18.3.31',
  '@types/react-dom': '^18.3.7',
  express: '^4.22.0',
  'express-promise-router': '^4.1.0',
  'happy-dom': '^20.0.0',
  react: '^18.3.1',
  'react-dom': '^18.3.1',
  'react-router-dom': '^6.30.2',
  typescript: '^5.9.3',
  vitest: '^4.1.12',
};

/**
 * Ranges for the packages `names`, sorted: those that the other members of the workspace use, the most frequent one
 * where they differ, or else those of this release. `cli` wins for `@stagedoor/cli`.
 */
export function rangesOf(
  names: readonly string[],
  members: readonly Member[],
  { dir, cli }: { dir: string; cli?: string },
): Record<string, string> {
  const range = (name: string): string => {
    const used = mostFrequent(members.flatMap(({ manifest }) => usedRange(manifest, name) ?? []));
    if (name === '@stagedoor/cli') return cli ?? used ?? ownRange(dir);
    return used ?? RANGES[name]!;
  };
  return Object.fromEntries([...names].sort().map((name) => [name, range(name)]));
}

function usedRange(manifest: NonNullable<Member['manifest']> = {}, name: string): unknown {
  return manifest.dependencies?.[name] ?? manifest.devDependencies?.[name];
}

function mostFrequent(values: readonly unknown[]): string | undefined {
  const texts = values.filter((value) => typeof value === 'string');
  const count = (text: string): number => texts.filter((other) => other === text).length;
  return texts.sort((a, b) => count(b) - count(a))[0];
}

/** This release; where it runs from a checkout, which no registry has, the checkout. */
function ownRange(dir: string): string {
  const installed = PACKAGE_DIR.split(sep).includes('node_modules');
  return installed ? `^${version}` : `file:${relative(dir, PACKAGE_DIR).replaceAll('\\', '/')}`;
}
