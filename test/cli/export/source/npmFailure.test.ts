import type { StagedoorError } from '@stagedoor/bundle';
import { describe, expect, test } from 'vitest';
import { explainNpm } from '../../../../cli/src/export/source/npmFailure';
import type { Manifest } from '../../../../cli/src/export/source/viewPackage';

const WANTED = { name: '@owner/plugin', range: 'latest' };

/** What is said of npm's report about a package that it could not find, in a registry that lists `manifests`. */
async function explained(error: object | undefined, ...manifests: Manifest[]): Promise<StagedoorError> {
  const outcome = { error: new Error('npm ended with 1'), stdout: error ? JSON.stringify({ error }) : '', stderr: '' };
  const view = async (spec: string): Promise<Manifest | undefined> =>
    manifests.find(({ name }) => spec.startsWith(`${name}@`));
  return (await explainNpm(WANTED, outcome, view)) as StagedoorError;
}

function plugin(dependencies: Record<string, string>): Manifest {
  return { name: WANTED.name, version: '3.1.0', dependencies };
}

/** As npm 11 reports a name without a package, and a range without a version. */
const NO_PACKAGE = {
  code: 'E404',
  summary: 'Not Found - GET https://registry.example.com/@owner%2fcommon',
  detail:
    "The requested resource '@owner/common@^2.8.0' could not be found or you do not have permission to access it.",
};
const NO_VERSION = { code: 'ETARGET', summary: 'No matching version found for @owner/common@~0.5.0.', detail: '' };

describe('A dependency that the registry does not have', () => {
  test.each([
    ['without the package', NO_PACKAGE, '^2.8.0'],
    ['without the version', NO_VERSION, '~0.5.0'],
  ])('is named with the plugin that needs it in a registry %s', async (_registry, report, range) => {
    const { code, message, hint, details } = await explained(report, plugin({ '@owner/common': range }));
    expect(code).toBe('FETCH_FAILED');
    expect(message).toContain(`@owner/common@${range}, which @owner/plugin@3.1.0 needs, is not in the registry.`);
    expect(hint).toContain('Use a release of @owner/plugin');
    expect(details).toEqual({ missing: '@owner/common', range, neededBy: '@owner/plugin' });
  });

  test('is named with the dependency that needs it', async () => {
    const node = { name: '@owner/node', version: '1.0.0', peerDependencies: { '@owner/common': '~0.5.0' } };
    const { message } = await explained(NO_VERSION, plugin({ express: '^4.0.0', '@owner/node': '^1.0.0' }), node);
    expect(message).toContain('@owner/common@~0.5.0, which @owner/node@1.0.0 needs, is not in the registry.');
  });

  test('is named alone where nobody is found who needs it', async () => {
    const { message } = await explained(NO_VERSION, plugin({ express: '^4.0.0' }));
    expect(message).toBe('npm could not install @owner/plugin@latest: @owner/common@~0.5.0 is not in the registry.');
  });
});

test('Ranges that only a workspace understands are named, also where npm ends without a word', async () => {
  const { code, message, hint } = await explained(undefined, plugin({ '@backstage/config': 'backstage:^' }));
  expect(code).toBe('FETCH_FAILED');
  expect(message).toContain('it was published with the range backstage:^ for @backstage/config');
  expect(hint).toContain('another release');
});

test('A plugin that the registry does not have is PACKAGE_NOT_FOUND', async () => {
  const report = { ...NO_VERSION, summary: 'No matching version found for @owner/plugin@latest.' };
  expect(await explained(report)).toMatchObject({ code: 'PACKAGE_NOT_FOUND' });
});
