import { expect, test } from 'vitest';
import { find, manifestsOf, template, valuesFile, valuesNames, type Manifest } from './helm';
import { faultsOf, typeFaultsOf } from './kubernetesSchemas';

const names = await valuesNames();
const rendered = await Promise.all(names.map(async (name) => manifestsOf(await template([valuesFile(name)]))));

test('No object of the chart has a key that Kubernetes does not know', () => {
  expect(typeFaultsOf(rendered.flat())).toEqual([]);
});

test('Objects that Kubernetes would refuse are found', () => {
  const deployment = find(rendered[names.indexOf('defaults')] ?? [], 'Deployment', 'portal-stagedoor-portal');
  const changed = (spec: object): Manifest => ({ ...deployment, spec: { ...deployment.spec, ...spec } });
  expect(faultsOf(changed({ replicas: 'two' }))).toEqual([expect.stringContaining('replicas must be integer')]);
  expect(faultsOf({ ...deployment, apiVersion: 'apps/v1beta1' })).toEqual([expect.stringContaining('is unknown')]);
  expect(typeFaultsOf([changed({ replica: 2 })])).toEqual([expect.stringContaining('"replica"')]);
});
