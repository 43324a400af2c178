// @vitest-environment happy-dom
import { ConfigReader } from '@backstage/config';
import { ApiProvider } from '@backstage/core-app-api';
import { configApiRef, discoveryApiRef, fetchApiRef } from '@backstage/frontend-plugin-api';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import plugin from './index';
import { Page } from './Page';

afterEach(cleanup);

/** Shows the page, with a backend that answers as `answers` says, by address. */
function show(answers: Record<string, Response> = {}, config = {}) {
  const apis = new Map<string, unknown>([
    [configApiRef.id, new ConfigReader(config)],
    [discoveryApiRef.id, { getBaseUrl: async (id: string) => `/api/${id}` }],
    [fetchApiRef.id, { fetch: async (url: string) => answers[url] ?? new Response('', { status: 404 }) }],
  ]);
  render(
    <ApiProvider apis={{ get: <T,>({ id }: { id: string }) => apis.get(id) as T }}>
      <Page />
    </ApiProvider>,
  );
}

function press(name: string) {
  fireEvent.click(screen.getByRole('button', { name }));
}

describe('The page', () => {
  it('belongs to the plugin', () => {
    expect(plugin.getExtension('page:__pluginId__')).toBeDefined();
  });

  it('shows what the backend answers', async () => {
    show({
      '/api/__pluginId__/ping': Response.json({ message: 'Hello from a test' }),
      '/api/__pluginId__/me': Response.json({ user: 'user:default/ann' }),
    });
    press('Ping the backend');
    expect(await screen.findByText('Hello from a test')).toBeDefined();
    press('Who am I?');
    expect(await screen.findByText('You are user:default/ann')).toBeDefined();
  });

  it('says why the backend refuses', async () => {
    const body = { error: { message: 'Missing credentials' } };
    show({ '/api/__pluginId__/me': Response.json(body, { status: 401 }) });
    press('Who am I?');
    expect(await screen.findByText('It did not work. 401: Missing credentials')).toBeDefined();
  });

  it('has the heading that app-config says', () => {
    show({}, { __camelId__: { heading: 'A heading from a test' } });
    expect(screen.getByRole('heading', { name: 'A heading from a test' })).toBeDefined();
  });
});
