import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startBackend } from '../../support/backend';
import { dropFolder, fixtureBundle } from '../../support/bundles';
import { drop } from '../../support/greeter';
import { tempDir } from '../../support/tempDir';

/** What code of a plugin may throw: expressions in the text of a module. */
const thrown: Record<string, string> = {
  'our-name': `Object.assign(new Error('mine'), { name: 'StagedoorError', code: 'PLUGIN_DISABLED', hint: 'none' })`,
  'no-code': `Object.assign(new Error('mine'), { name: 'StagedoorError', code: 'NOT_A_CODE', toJSON: 42 })`,
  getters: `Object.defineProperties(new Error('mine'), {
    name: { value: 'StagedoorError' },
    ...Object.fromEntries(['code', 'message', 'stack', 'cause', 'toJSON'].map((key) =>
      [key, { get() { throw new Error('never read me'); } }])),
  })`,
  proxy: `new Proxy(new Error('mine'), new Proxy({}, { get() { throw new Error('not even this'); } }))`,
  result: `Object.assign(new Error('mine'), { result: { plugins: null } })`,
  nothing: 'null',
  symbol: `Symbol('mine')`,
  'no-prototype': 'Object.create(null)',
};

/** Where it may throw: the text of a plugin's module, and the code that it is to be shown with. */
const places: Record<string, { code: string; module: (id: string, what: string) => string }> = {
  load: { code: 'LOAD_FAILED', module: (_id, what) => `throw ${what};` },
  register: { code: 'REGISTER_FAILED', module: (id, what) => plugin(id, `throw ${what};`, '') },
  init: { code: 'INIT_FAILED', module: (id, what) => plugin(id, '', `throw ${what};`) },
};

function plugin(id: string, register: string, init: string): string {
  return `const { createBackendPlugin } = require('@backstage/backend-plugin-api');
exports.default = createBackendPlugin({
  pluginId: '${id}',
  register(env) {
    ${register}
    env.registerInit({ deps: {}, async init() { ${init} } });
  },
});`;
}

const cases = Object.entries(places).flatMap(([place, { code, module }]) =>
  Object.entries(thrown).map(([kind, what]) => {
    const id = `${place}-${kind}`;
    return { id, name: `${id}-dynamic`, code, options: { files: { 'index.cjs': module(id, what) } } };
  }),
);

describe('whatever code of a plugin throws', () => {
  test('is a fault of that plugin when the portal starts, and nothing else', async () => {
    const home = await tempDir();
    await mkdir(join(home, 'root'));
    for (const { id, name, options } of cases) {
      const bundle = await fixtureBundle(home, 'throws-in-init', { ...options, packageJson: { name } });
      await dropFolder(bundle, join(home, 'root'), id);
    }
    await dropFolder(await fixtureBundle(home, 'greeter'), join(home, 'root'), 'greeter');
    const backend = await startBackend({ home });
    const found = new Map((await backend.plugins()).map(({ name, state, code }) => [name, `${state} ${code}`]));
    expect(found.get('greeter-dynamic')).toBe('running undefined');
    found.delete('greeter-dynamic');
    expect(Object.fromEntries(found)).toEqual(
      Object.fromEntries(cases.map(({ name, code }) => [name, `failed ${code}`])),
    );
  });

  test.each(cases.filter(({ id }) => /our-name|getters|proxy/.test(id)))(
    'is a fault of $name when it is dropped later',
    async ({ name, code, options }) => {
      const backend = await startBackend();
      await drop(backend, 'throws-in-init', { ...options, packageJson: { name } });
      expect(await backend.until(name, 'failed')).toMatchObject({ code, hint: expect.any(String) as string });
      expect((await backend.get('/.backstage/health/v1/readiness')).status).toBe(200);
    },
  );
});
