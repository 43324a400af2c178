/** A static token of a service (`backend.auth.externalAccess`), and what it is restricted to. */
export interface ServiceToken {
  token: string;
  accessRestrictions?: Array<{ plugin: string; permission?: string[] }>;
}

/** `backend.auth` for services with static tokens; the subject of each is the name it has in `services`. */
export function externalAccess(services: Record<string, ServiceToken>): { externalAccess: object[] } {
  return {
    externalAccess: Object.entries(services).map(([subject, { token, accessRestrictions }]) => ({
      type: 'static',
      options: { token, subject },
      ...(accessRestrictions && { accessRestrictions }),
    })),
  };
}

/** Signs a user in by the fixture bundle `signs-in-anybody`; `auth.providers.anybody` must be there. */
export async function signIn(url: string, user: string, groups: readonly string[] = []): Promise<string> {
  const headers = { 'x-user': user, ...(groups.length > 0 && { 'x-groups': groups.join(' ') }) };
  const response = await fetch(`${url}/api/auth/anybody/refresh`, { headers });
  if (!response.ok) throw new Error(`${user} cannot sign in: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { backstageIdentity: { token: string } }).backstageIdentity.token;
}

/** A token of the fixture bundle `guarded` for the admin API: its own, or on behalf of the user whose `session` is given. */
export async function pluginToken(url: string, session: string, onBehalfOf: 'itself' | 'caller'): Promise<string> {
  const query = `for=dynamic-plugins${onBehalfOf === 'caller' ? '&caller=yes' : ''}`;
  const response = await fetch(`${url}/api/guarded/token?${query}`, {
    headers: { authorization: `Bearer ${session}` },
  });
  return ((await response.json()) as { token: string }).token;
}
