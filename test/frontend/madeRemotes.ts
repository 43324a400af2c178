import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { dropFolder, fixtureBundle } from '../support/bundles';
import type { Portal } from '../support/portal';
import { untilState } from '../support/portalPlugins';
import { repository } from '../support/repository';
import { tempDir } from '../support/tempDir';

/** Drops remotes whose entry scripts these are, by name, until the test ends. */
export async function dropPages(portal: Portal, scripts: Record<string, string>): Promise<void> {
  for (const [name, script] of Object.entries(scripts)) {
    const manifest = await readFile(join(repository, 'test/fixtures/bundles/page/dist/mf-manifest.json'), 'utf8');
    const files = {
      'dist/remoteEntry.0123456789abcdef.js': script,
      'dist/mf-manifest.json': manifest.replaceAll('"page', `"${name}`),
    };
    const bundle = await fixtureBundle(await tempDir(), 'page', { packageJson: { name: `${name}-dynamic` }, files });
    await dropFolder(bundle, portal.root, name);
    onTestFinished(() => rm(join(portal.root, name), { recursive: true, force: true }));
  }
  for (const name of Object.keys(scripts)) await untilState(portal, `${name}-dynamic`, 'running');
}

/** A remote as Module Federation loads it, whose one module is `code`. */
const remote = (name: string, code: string): string =>
  `globalThis.${name} = { init() {}, get: async () => { const module = (() => { ${code} })(); return () => module; } };`;

/** A remote with a plugin, or a module, of some extensions. */
export const feature = (name: string, type: string, pluginId: string, extensions: string): string =>
  remote(
    name,
    `return { default: { $$type: '@backstage/${type}', version: 'v1', pluginId: '${pluginId}', id: '${pluginId}',
      getExtension() {}, info: async () => ({}), routes: {}, externalRoutes: {}, featureFlags: [], extensions: [${extensions}] } };`,
  );

/** What throws when React comes to it. */
export const BOMB = `{ $$typeof: Symbol.for('react.element'), type() { throw new Error('no luck'); }, key: null, ref: null, props: {} }`;

/** An extension as `createExtension` makes it: where it is attached, what it gives, and the body of its factory. */
export const extension = (
  id: string,
  attachTo: { id: string; input: string },
  output: string[],
  factory: string,
): string =>
  `{ $$type: '@backstage/Extension', version: 'v2', id: '${id}', attachTo: ${JSON.stringify(attachTo)}, disabled: false, inputs: {},
    output: ${JSON.stringify(output)}.map((id) => ({ $$type: '@backstage/ExtensionDataRef', id, config: {} })),
    factory() { const give = (id, value) => ({ $$type: '@backstage/ExtensionDataValue', id, value }); ${factory} } }`;

const THROW = 'throw new Error("no luck");';
export const ROUTES = { id: 'app/routes', input: 'routes' };
const ELEMENTS = { id: 'app/root', input: 'elements' };

/** Remotes that fail, each with the reason that people are told. */
export const FAILING: Record<string, [script: string, reason: string | RegExp]> = {
  noscript: ['throw new Error("no luck");', /noscript-dynamic 1\.0\.0: /],
  throws: [remote('throws', THROW), /throws-dynamic 1\.0\.0: .*no luck/],
  noplugin: [
    remote('noplugin', 'return { default: 42 };'),
    /noplugin-dynamic 1\.0\.0: None of its exposed modules \(\., alpha\)/,
  ],
  legacy: [
    remote('legacy', 'return { oldPlugin: { getId() {}, getApis() {}, provide() {} } };'),
    /legacy-dynamic 1\.0\.0: It is a plugin of the old frontend system\. .*convertLegacyPlugin/,
  ],
  replacer: [
    feature('replacer', 'FrontendPlugin', 'dynamic-plugins', ''),
    "The portal itself has a plugin with the id 'dynamic-plugins'.",
  ],
  unreadable: [
    remote('unreadable', 'return { default: { $$type: "@backstage/FrontendPlugin", pluginId: "unreadable" } };'),
    /unreadable-dynamic 1\.0\.0: None of its exposed modules/,
  ],
  noextension: [
    feature('noextension', 'FrontendPlugin', 'noextension', '42'),
    /noextension-dynamic 1\.0\.0: The app does not run with it: /,
  ],
  loader: [
    remote(
      'loader',
      `return { default: { $$type: '@backstage/FrontendFeatureLoader', version: 'v1', async loader() { ${THROW} } } };`,
    ),
    /loader-dynamic 1\.0\.0: .*no luck/,
  ],
  factory: [
    feature('factory', 'FrontendPlugin', 'factory', extension('page:factory', ROUTES, [], THROW)),
    "factory-dynamic 1.0.0: Failed to instantiate extension 'page:factory', no luck",
  ],
  nooutput: [
    feature(
      'nooutput',
      'FrontendPlugin',
      'nooutput',
      extension('page:no', ROUTES, ['core.routing.path'], 'return [];'),
    ),
    /nooutput-dynamic 1\.0\.0: missing required extension data output/,
  ],
  breaker: [
    feature(
      'breaker',
      'FrontendModule',
      'app',
      extension('app/routes', { id: 'app/layout', input: 'content' }, [], THROW),
    ),
    /breaker-dynamic 1\.0\.0: The app does not run with it: .*no luck/,
  ],
  bomb: [
    feature(
      'bomb',
      'FrontendPlugin',
      'bomb',
      extension(
        'app-root-element:bomb',
        ELEMENTS,
        ['core.reactElement'],
        `return [give('core.reactElement', ${BOMB})];`,
      ),
    ),
    'bomb-dynamic 1.0.0: Its extension app-root-element:bomb failed: no luck',
  ],
};
