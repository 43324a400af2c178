import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { find, manifestsOf, template, valuesFile, type Manifest } from './helm';

const DEFAULT = 'portal-stagedoor-portal';
const SEARCH = `${DEFAULT}-search`;
const HELLO = `${DEFAULT}-hello`;
const splitValues = parse(readFileSync(valuesFile('split'), 'utf8')) as {
  dynamicPlugins: { plugins: Array<{ package: string }> };
};
const all = [DEFAULT, SEARCH, HELLO];

describe('Split backends', () => {
  let manifests: Manifest[];

  beforeAll(async () => {
    manifests = await render({});
  });

  test('are a Deployment, a Service and a ConfigMap each', () => {
    for (const kind of ['Deployment', 'Service', 'ConfigMap']) {
      expect(namesOf(manifests, kind)).toEqual([...all].sort());
    }
  });

  test('run the packages that are named after their plugins, and those that are listed; the rest stays', () => {
    expect(packagesOf(manifests, SEARCH)).toEqual([
      '@backstage/plugin-search-backend@2.1.7',
      'oci://registry.example.com/search:1.0!backstage-plugin-search-backend-module-pg',
      'oci://registry.example.com/techdocs:1.0!backstage-plugin-techdocs-backend',
    ]);
    expect(packagesOf(manifests, HELLO)).toEqual(['./local/hello-dynamic-backend']);
    expect(packagesOf(manifests, DEFAULT)).toEqual([
      '@backstage-community/plugin-todo-backend@0.25.0',
      '@backstage-community/plugin-tech-radar@1.0.0',
    ]);
  });

  test('take what they set for themselves, and the rest from the values above them', () => {
    const { spec } = find(manifests, 'Deployment', SEARCH);
    expect(spec.replicas).toBe(3);
    const [portal] = spec.template.spec.containers;
    expect(portal.resources).toEqual({ requests: { cpu: '250m', memory: '512Mi' }, limits: { memory: '2Gi' } });
    expect(find(manifests, 'Deployment', DEFAULT).spec.replicas).toBe(1);
    const [hello] = find(manifests, 'Deployment', HELLO).spec.template.spec.containers;
    expect(hello.env).toContainEqual({ name: 'ONLY', value: 'here' });
    expect(configOf(manifests, HELLO, 'backend')).toEqual({ hello: { greeting: 'Hello from a backend of its own' } });
    expect(configOf(manifests, SEARCH, 'backend')).toEqual({});
  });

  test('find each other: own plugins in themselves, others where they run, all else in the default backend', () => {
    expect(targets(manifests, DEFAULT)).toEqual({
      '*': 'http://127.0.0.1:7007/api/{{pluginId}}',
      'dynamic-plugins': 'http://127.0.0.1:7007/api/{{pluginId}}',
      hello: `http://${HELLO}:7007/api/{{pluginId}}`,
      proxy: `http://${HELLO}:7007/api/{{pluginId}}`,
      search: `http://${SEARCH}:7007/api/{{pluginId}}`,
      techdocs: `http://${SEARCH}:7007/api/{{pluginId}}`,
    });
    expect(targets(manifests, SEARCH)).toEqual({
      '*': `http://${DEFAULT}:7007/api/{{pluginId}}`,
      'dynamic-plugins': 'http://127.0.0.1:7007/api/{{pluginId}}',
      hello: `http://${HELLO}:7007/api/{{pluginId}}`,
      proxy: `http://${HELLO}:7007/api/{{pluginId}}`,
      search: 'http://127.0.0.1:7007/api/{{pluginId}}',
      techdocs: 'http://127.0.0.1:7007/api/{{pluginId}}',
    });
  });

  test('are reached through one host: paths of their plugins go to them, all others to the default backend', () => {
    const [rule] = find(manifests, 'Ingress', DEFAULT).spec.rules;
    const routes = rule.http.paths.map((path: any) => [path.path, path.backend.service.name]); // eslint-disable-line @typescript-eslint/no-explicit-any
    expect(Object.fromEntries(routes)).toEqual({
      '/': DEFAULT,
      '/api/hello': HELLO,
      '/api/proxy': HELLO,
      '/api/search': SEARCH,
      '/api/techdocs': SEARCH,
    });
  });

  test('roll alone when one of their plugins changes', async () => {
    const changed = await render(replacing('2.1.7', '2.1.8'));
    expect(rolled(manifests, changed)).toEqual([SEARCH]);
  });

  test('leave the others alone when the default backend gets another plugin', async () => {
    const changed = await render(replacing('0.25.0', '0.26.0'));
    expect(rolled(manifests, changed)).toEqual([DEFAULT]);
  });

  test('roll alone when they get app-config of their own', async () => {
    const changed = await render({ backends: { search: { appConfig: { search: { query: {} } } } } });
    expect(rolled(manifests, changed)).toEqual([SEARCH]);
  });

  test('all roll when the app-config of all changes', async () => {
    const changed = await render({ appConfig: { organization: { name: 'Example' } } });
    expect(rolled(manifests, changed)).toEqual([...all].sort());
  });

  test('all roll when a key that they trust is replaced', async () => {
    const trusting = async (key: string) => await render({ signatures: { mode: 'require', trustedKeys: [key] } });
    expect(rolled(await trusting('one'), await trusting('another'))).toEqual([...all].sort());
  });

  test('have what includes list in the default backend switched off there, whatever its version', async () => {
    const files = [valuesFile('split-includes')];
    const before = manifestsOf(await template(files));
    expect(listOf(before, DEFAULT)).toEqual({
      includes: ['dynamic-plugins.default.yaml'],
      plugins: [{ package: '@backstage/plugin-search-backend@2.1.7', disabled: true }],
    });
    expect(listOf(before, SEARCH).includes).toEqual([]);
    const plugins = [{ package: '@backstage/plugin-search-backend@2.1.8', integrity: 'sha512-aGVsbG8=' }];
    const after = manifestsOf(await template(files, { dynamicPlugins: { plugins } }));
    expect(rolled(before, after)).toEqual([SEARCH]);
  });
});

async function render(values: object): Promise<Manifest[]> {
  return manifestsOf(await template([valuesFile('split')], values));
}

/** The plugins of the values with a version replaced. */
function replacing(from: string, to: string): object {
  const plugins = splitValues.dynamicPlugins.plugins.map((entry) => ({
    ...entry,
    package: entry.package.replace(from, to),
  }));
  return { dynamicPlugins: { plugins } };
}

function namesOf(manifests: Manifest[], kind: string): string[] {
  return manifests.flatMap((manifest) => (manifest.kind === kind ? [manifest.metadata.name] : [])).sort();
}

function configOf(manifests: Manifest[], name: string, file: string): unknown {
  return parse(find(manifests, 'ConfigMap', name).data?.[`app-config.${file}.yaml`] ?? '');
}

function listOf(manifests: Manifest[], name: string) {
  const text = find(manifests, 'ConfigMap', name).data?.['dynamic-plugins.yaml'] ?? '';
  return parse(text) as { includes: string[]; plugins: Array<{ package: string; disabled?: boolean }> };
}

function packagesOf(manifests: Manifest[], name: string): string[] {
  return listOf(manifests, name).plugins.map((entry) => entry.package);
}

/** Plugin id → URL, of the discovery endpoints of a backend. */
function targets(manifests: Manifest[], name: string): Record<string, string> {
  const { discovery } = configOf(manifests, name, 'discovery') as {
    discovery: { endpoints: Array<{ target: { internal: string }; plugins: string[] }> };
  };
  return Object.fromEntries(
    discovery.endpoints.flatMap(({ target, plugins }) => plugins.map((id) => [id, target.internal])),
  );
}

/** Names of the Deployments whose pods Kubernetes would replace. */
function rolled(before: Manifest[], after: Manifest[]): string[] {
  const podsOf = (manifests: Manifest[], name: string) =>
    JSON.stringify(find(manifests, 'Deployment', name).spec.template);
  return namesOf(after, 'Deployment').filter((name) => podsOf(before, name) !== podsOf(after, name));
}
