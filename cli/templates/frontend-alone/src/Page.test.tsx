// @vitest-environment happy-dom
import { ConfigReader } from '@backstage/config';
import { ApiProvider } from '@backstage/core-app-api';
import { configApiRef, identityApiRef } from '@backstage/frontend-plugin-api';
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import plugin from './index';
import { Page } from './Page';

afterEach(cleanup);

/** Shows the page to a signed-in user. */
function show(config = {}) {
  const apis = new Map<string, unknown>([
    [configApiRef.id, new ConfigReader(config)],
    [identityApiRef.id, { getBackstageIdentity: async () => ({ userEntityRef: 'user:default/ann' }) }],
  ]);
  render(
    <ApiProvider apis={{ get: <T,>({ id }: { id: string }) => apis.get(id) as T }}>
      <Page />
    </ApiProvider>,
  );
}

describe('The page', () => {
  it('belongs to the plugin', () => {
    expect(plugin.getExtension('page:__pluginId__')).toBeDefined();
  });

  it('greets the signed-in user', async () => {
    show();
    expect(await screen.findByText('You are user:default/ann')).toBeDefined();
  });

  it('has the heading that app-config says', async () => {
    show({ __camelId__: { heading: 'A heading from a test' } });
    expect(await screen.findByRole('heading', { name: 'A heading from a test' })).toBeDefined();
  });
});
