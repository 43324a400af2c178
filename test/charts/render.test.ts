import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../support/repository';
import { chart, manifestsOf, runHelm, template, valuesFile, valuesNames, type Manifest } from './helm';
import { faultsOf } from './kubernetesSchemas';

const names = await valuesNames();

test('The chart is rendered with many values', () => {
  expect(names.length).toBeGreaterThanOrEqual(12);
});

describe.each(names)('With the values %s', (name) => {
  let rendered: string;
  let manifests: Manifest[];

  beforeAll(async () => {
    rendered = await template([valuesFile(name)]);
    manifests = manifestsOf(rendered);
  });

  test('Helm finds nothing wrong', async () => {
    const { code, stdout } = await runHelm('lint', '--strict', chart, '--values', valuesFile(name));
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('0 chart(s) failed') });
  });

  test('the chart renders what it did before', async () => {
    await expect(rendered).toMatchFileSnapshot(join(repository, `test/charts/snapshots/${name}.yaml`));
  });

  test('every object is one that Kubernetes knows', () => {
    expect(manifests.length).toBeGreaterThanOrEqual(5);
    expect(manifests.flatMap(faultsOf)).toEqual([]);
  });

  test('no two objects of a kind have one name, and every name is one that Kubernetes takes', () => {
    const ids = manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { metadata } of manifests) expect(metadata.name).toMatch(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])$/);
  });

  test('every container of the chart runs without privileges, on a file system it cannot write', () => {
    const pods = manifests.flatMap(({ kind, spec }) =>
      kind === 'Pod' ? [spec] : kind === 'Deployment' ? [spec.template.spec] : [],
    );
    expect(pods.length).toBeGreaterThanOrEqual(2);
    for (const pod of pods) {
      expect(pod.automountServiceAccountToken).toBe(false);
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      const own = ['install-dynamic-plugins', 'portal', 'test'];
      for (const container of [...(pod.initContainers ?? []), ...pod.containers]) {
        if (!own.includes(container.name)) continue;
        expect(container.securityContext).toMatchObject({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
      }
    }
  });

  test('every Deployment runs the pods that its Service, its budget and its own selector name, and no others', () => {
    const deployments = manifests.filter(({ kind }) => kind === 'Deployment');
    for (const { metadata, spec } of deployments) {
      const labels = Object.entries(spec.template.metadata.labels as Record<string, string>);
      const selects = (selector: Record<string, string>) =>
        Object.entries(selector).every(([key, value]) => labels.some(([k, v]) => k === key && v === value));
      expect(selects(spec.selector.matchLabels)).toBe(true);
      const services = manifests.filter((other) => other.kind === 'Service' && selects(other.spec.selector));
      expect(services.map((service) => service.metadata.name)).toEqual([metadata.name]);
    }
  });
});
