import { describe, expect, test } from 'vitest';
import { runHost, type Course, type Scenario } from '../support/comparedHost';

/** Lines that one host has and the other has not, or when it likes, each with the reason. */
const MEANT: ReadonlyArray<[pattern: RegExp, reason: string]> = [
  [
    /No permission policy decides who may change/,
    'the allow-all module does not count as a policy for changing plugins (decision 067)',
  ],
  [/Plugin initialization in progress/, 'comes once a second, with whatever has started by then'],
  [/GET \/\.backstage\/health\/v1\/readiness/, 'the test asks until the answer is yes'],
];

/** The last that the catalog logs of its start. */
const ORPHANS = 'Registered scheduled task: catalog_orphan_cleanup';

/** Runs a scenario with both hosts, one after the other: side by side they would take each other's time. */
async function both(scenario: Scenario): Promise<[plain: Course, dynamic: Course]> {
  const plain = await runHost('plain', scenario);
  const dynamic = await runHost('dynamic', scenario);
  for (const course of [plain, dynamic]) {
    course.lines = course.lines.filter((line) => !MEANT.some(([pattern]) => pattern.test(line))).map(inOrder);
  }
  return [plain, dynamic];
}

/** Which plugins are ready when is chance; which are not is not. */
function inOrder(line: string): string {
  return line.replace(/newly initialized: ('[^']*'(, )?)+/, 'newly initialized: some');
}

describe('createDynamicBackend() does what createBackend() does', () => {
  test('while it starts the plugins of a new app, answers, reads changed config and ends with SIGTERM', async () => {
    const [plain, dynamic] = await both({
      features: ['template', 'watcher', 'throwsLater', 'homelessModule'],
      untilLogged: [ORPHANS, 'Startup hook'],
      paths: [
        '/api/auth/guest/refresh',
        '/api/catalog/entities',
        '/api/search/query',
        '/api/scaffolder/v2/actions',
        '/api/notifications/',
        '/api/proxy/nothing',
        '/api/techdocs/static/docs/nothing',
        '/api/permission/health',
        '/api/throws-later/throws',
        '/api/throws-later/rejects',
        '/api/throws-later/nothing',
        '/api/nobody/is-here',
        '/nothing',
        '/.backstage/health/v1/liveness',
      ],
      untilChanged: 'Config says second',
      signal: 'SIGTERM',
    });
    expect(dynamic).toEqual(plain);
    expect(plain.exit).toEqual({ code: 0, signal: null });
  });

  test('when a plugin fails that may not', async () => {
    const [plain, dynamic] = await both({ features: ['template', 'faulty'] });
    expect(dynamic).toEqual(plain);
    expect(plain.exit).toEqual({ code: 1, signal: null });
  });

  test('when a module fails that may not', async () => {
    const [plain, dynamic] = await both({ features: ['template', 'faultyModule'] });
    expect(dynamic).toEqual(plain);
    expect(plain.exit).toEqual({ code: 1, signal: null });
  });

  test('when plugins and modules fail that may, and ends with SIGINT', async () => {
    const [plain, dynamic] = await both({
      features: ['template', 'watcher', 'faulty', 'faultyModule'],
      backend: {
        startup: {
          plugins: {
            faulty: { onPluginBootFailure: 'continue' },
            permission: { modules: { faulty: { onPluginModuleBootFailure: 'continue' } } },
          },
        },
      },
      untilLogged: [ORPHANS, 'Startup hook'],
      paths: ['/api/permission/health', '/api/catalog/entities'],
      signal: 'SIGINT',
    });
    expect(dynamic).toEqual(plain);
    expect(plain.exit).toEqual({ code: 0, signal: null });
  });

  test('when a plugin is added twice', async () => {
    const [plain, dynamic] = await both({ features: ['watcher', 'twice', 'twice'] });
    expect(dynamic).toEqual(plain);
    expect(plain.exit).toEqual({ code: 1, signal: null });
  });
});
