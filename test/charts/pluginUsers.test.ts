import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { switchingFault, type Rights } from '../../loader/src/process/users/switching';
import { find, manifestsOf, template } from './helm';

const DEFAULT = 'portal-stagedoor-portal';
const ALL = '0 0 4294967295\n';
/** Bits of capabilities(7). */
const BITS: Record<string, bigint> = { CHOWN: 0n, DAC_OVERRIDE: 1n, FOWNER: 3n, KILL: 5n, SETGID: 6n, SETUID: 7n };

interface SecurityContext {
  runAsUser?: number;
  runAsNonRoot?: boolean;
  allowPrivilegeEscalation: boolean;
  capabilities: { drop: string[]; add?: string[] };
}

interface Rendered {
  installer: SecurityContext;
  portal: SecurityContext;
  home: string | undefined;
  settings: { isolation?: string; process?: Record<string, unknown> };
}

async function render(values: object): Promise<Rendered> {
  const manifests = manifestsOf(await template([], values));
  const { initContainers, containers } = find(manifests, 'Deployment', DEFAULT).spec.template.spec as Record<
    'initContainers' | 'containers',
    Array<{ securityContext: SecurityContext; env: Array<{ name: string; value: string }> }>
  >;
  const config = parse(find(manifests, 'ConfigMap', DEFAULT).data!['app-config.chart.yaml']!) as {
    dynamicPlugins: Rendered['settings'];
  };
  return {
    installer: initContainers[0]!.securityContext,
    portal: containers[0]!.securityContext,
    home: containers[0]!.env.find(({ name }) => name === 'HOME')?.value,
    settings: config.dynamicPlugins,
  };
}

describe('Users of plugins in the chart', () => {
  test('are not there unless they are asked for: then nothing runs as root', async () => {
    const { portal, settings, home } = await render({});
    expect(portal).toMatchObject({ capabilities: { drop: ['ALL'] } });
    expect(portal.runAsUser).toBeUndefined();
    expect(portal.capabilities.add).toBeUndefined();
    expect(settings).not.toHaveProperty('process');
    expect(home).toBe('/tmp');
  });

  test('come with what the loader needs to switch users, for the portal alone, and nothing else', async () => {
    const { installer, portal, settings, home } = await render({
      pluginUsers: { enabled: true },
      policy: { process: { memoryLimitMb: 256 } },
    });
    expect(portal).toMatchObject({ runAsUser: 0, runAsNonRoot: false, allowPrivilegeEscalation: false });
    expect(portal.capabilities.drop).toEqual(['ALL']);
    const added = portal.capabilities.add!;
    const effective = added.reduce((bits, name) => bits | (1n << BITS[name]!), 0n);
    const rights: Omit<Rights, 'status'> = { platform: 'linux', uid: 0, maps: [ALL, ALL], setgroups: 'allow' };
    const faultWith = (bits: bigint) =>
      switchingFault({ from: 20_000, count: 1000 }, { ...rights, status: `CapEff:\t${bits.toString(16)}` });
    expect(faultWith(effective)).toBeUndefined();
    for (const name of added) expect(faultWith(effective & ~(1n << BITS[name]!))?.message).toContain(name);
    expect(settings).toMatchObject({
      isolation: 'process',
      process: { memoryLimitMb: 256, users: { from: 20_000, count: 1000 } },
    });
    expect(installer).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    // Not below /tmp, where plugins may write.
    expect(home).toBe('/var/lib/stagedoor/state');
  });
});

describe('The network policy of the chart', () => {
  test('lets pods reach DNS and each other alone where egress is restricted', async () => {
    const manifests = manifestsOf(await template([], { networkPolicy: { enabled: true, restrictEgress: true } }));
    const { policyTypes, egress } = find(manifests, 'NetworkPolicy', DEFAULT).spec as {
      policyTypes: string[];
      egress: Array<{ to?: Array<Record<string, unknown>> }>;
    };
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
    expect(egress.map(({ to }) => to?.map((peer) => Object.keys(peer)))).toEqual([undefined, [['podSelector']]]);
  });
});
