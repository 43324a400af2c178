import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { repository } from '../support/repository';
import { find, manifestsOf, template } from './helm';

function textOf(file: string): string {
  return readFileSync(join(repository, file), 'utf8');
}

test('The image has a Node.js that its user may run and not read, so that plugins cannot read the environment of the portal', () => {
  const lines = textOf('Dockerfile').split('\n');
  const final = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
  const closed = final.indexOf('RUN chmod 0711 /usr/local/bin/node');
  expect(closed).toBeGreaterThan(0);
  expect(closed).toBeLessThan(final.findIndex((line) => line.startsWith('USER ')));
});

test('compose.users.yaml gives the portal what the chart gives it where plugins have users of their own', async () => {
  const { services } = parse(textOf('compose.users.yaml')) as {
    services: Record<string, { user: string; cap_add: string[]; environment: Record<string, string> }>;
  };
  const base = parse(textOf('compose.yaml'), { merge: true }) as {
    services: Record<string, { cap_drop: string[]; security_opt: string[]; volumes: string[] }>;
  };
  expect(Object.keys(services)).toEqual(['portal']);
  const { user, cap_add: added, environment } = services.portal!;
  const manifests = manifestsOf(await template([], { pluginUsers: { enabled: true } }));
  const { containers } = find(manifests, 'Deployment', 'portal-stagedoor-portal').spec.template.spec as {
    containers: Array<{ securityContext: { runAsUser: number; runAsGroup: number; capabilities: { add: string[] } } }>;
  };
  const { runAsUser, runAsGroup, capabilities } = containers[0]!.securityContext;
  expect([user, added]).toEqual([`${runAsUser}:${runAsGroup}`, capabilities.add]);
  expect(base.services.portal).toMatchObject({ cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
  expect(base.services.portal!.volumes).toContain(`state:${environment.HOME}`);
  expect(environment).toMatchObject({
    APP_CONFIG_dynamicPlugins_isolation: 'process',
    APP_CONFIG_dynamicPlugins_process_users_from: '20000',
  });
});
