import { discoveryApiRef, fetchApiRef, useApi } from '@backstage/frontend-plugin-api';
import { useCallback } from 'react';

/**
 * Calls `GET /api/__pluginId__/<path>`. discoveryApi finds the backend; fetchApi adds the session of the user. Rejects with
 * what the backend says is wrong.
 */
export function useBackend(): <T>(path: string) => Promise<T> {
  const discovery = useApi(discoveryApiRef);
  const { fetch } = useApi(fetchApiRef);
  return useCallback(
    async <T>(path: string) => {
      const response = await fetch(`${await discovery.getBaseUrl('__pluginId__')}/${path}`);
      if (response.ok) return (await response.json()) as T;
      const body = (await response.json().catch(() => undefined)) as { error?: { message?: string } } | undefined;
      throw new Error(`${response.status}: ${body?.error?.message ?? response.statusText}`);
    },
    [discovery, fetch],
  );
}
