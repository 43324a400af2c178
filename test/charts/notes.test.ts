import { cp, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tempDir } from '../support/tempDir';
import { chart, find, manifestsOf, runHelm, valuesFile } from './helm';

/** NOTES.txt is shown by an upgrade only, which needs a cluster: here it is what a ConfigMap of the same chart holds. */
async function notes(values: string): Promise<string> {
  const copy = join(await tempDir(), 'stagedoor-portal');
  await cp(chart, copy, { recursive: true });
  const text = await readFile(join(copy, 'templates/NOTES.txt'), 'utf8');
  await rename(join(copy, 'templates/NOTES.txt'), join(copy, 'templates/_notes.tpl'));
  await writeFile(join(copy, 'templates/_notes.tpl'), `{{- define "notes" -}}\n${text}{{- end -}}\n`);
  const object = 'kind: ConfigMap\nmetadata: { name: notes }\ndata: { text: {{ include "notes" . | toJson }} }\n';
  await writeFile(join(copy, 'templates/notes.yaml'), object);
  const args = ['portal', copy, '--namespace', 'backstage', '--kube-version', '1.31.0', '--values', valuesFile(values)];
  const { code, stdout, stderr } = await runHelm('template', ...args);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return find(manifestsOf(stdout), 'ConfigMap', 'notes').data?.text ?? '';
}

describe('What is shown after an upgrade', () => {
  test('says where a trial is reached, and that its rows end with the pod', async () => {
    const text = await notes('defaults');
    expect(text).toContain('The portal: http://localhost:7007\n');
    expect(text).toContain('kubectl -n backstage port-forward service/portal-stagedoor-portal 7007\n');
    expect(text).toContain('portal-stagedoor-portal: all plugins\n');
    expect(text).toContain('set database.client: pg');
    expect(text).toContain('only users that a permission policy allows. List users or groups in policy.operators.');
    expect(text).toContain('logs deployment/portal-stagedoor-portal -c install-dynamic-plugins\n');
    expect(text).toContain('helm test portal -n backstage\n');
  });

  test('says which plugins run where', async () => {
    const text = await notes('split');
    expect(text).toContain('The portal: https://portal.example.com\n');
    expect(text).toContain('portal-stagedoor-portal: all plugins not named below\n');
    expect(text).toContain('portal-stagedoor-portal-search: search, techdocs\n');
    expect(text).toContain('portal-stagedoor-portal-hello: hello, proxy\n');
    expect(text).not.toMatch(/port-forward|emptyDir|Route \/api/);
  });

  test('says who may change plugins', async () => {
    const text = await notes('registries');
    expect(text).toContain('group:default/platform, and users that a permission policy allows.');
  });

  test('says what to route where neither ingress nor gateway does it', async () => {
    expect(await notes('claims')).toContain('Route /api/<plugin id> of the plugins above to their services');
  });
});
