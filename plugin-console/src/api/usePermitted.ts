import { useApi } from '@backstage/frontend-plugin-api';
import { adminApiRef } from './adminApiRef';
import type { Access, Permitted } from './types';
import { useAsked } from './useAsked';

/** The permissions of the user; empty until the portal has answered. Asks again whenever `reachable` changes. */
export function usePermitted(reachable: boolean): (action: Exclude<keyof Access, 'caller'>) => Permitted {
  const client = useApi(adminApiRef);
  const { value, fault } = useAsked(() => client.access(), [client, reachable]);
  return (action) => value?.[action] ?? { allowed: false, ...fault };
}
