import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { satisfies, minVersion } from 'semver';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { repository } from '../support/repository';

const read = (path: string) => readFileSync(join(repository, path), 'utf8');
const filesIn = (dir: string) => readdirSync(join(repository, dir)).map((name) => `${dir}/${name}`);

interface Workflow {
  name?: string;
  on?: Record<string, unknown>;
  permissions?: Record<string, string>;
  jobs: Record<string, { 'timeout-minutes'?: number; steps: Array<{ run?: string; uses?: string }> }>;
}

const workflows = filesIn('.github/workflows').map((path) => [path, parse(read(path)) as Workflow] as const);

test('CI runs the same script as a developer, for pull requests and for main', () => {
  const ci = workflows.find(([path]) => path.endsWith('/ci.yml'))![1];
  expect(Object.keys(ci.on ?? {}).sort()).toEqual(['pull_request', 'push']);
  expect(Object.values(ci.jobs).flatMap(({ steps }) => steps.map(({ run }) => run))).toContain('.ci/run');
});

test.each(workflows)('%s grants no more than it needs, and calls scripts that exist', (path, workflow) => {
  expect(workflow.permissions).toEqual({ contents: 'read' });
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const text = read(path);
  for (const [, script = ''] of text.matchAll(/npm run ([\w-]+)/g)) expect(Object.keys(scripts)).toContain(script);
  for (const [, file = ''] of text.matchAll(/node (scripts\/\S+\.mjs)/g))
    expect(existsSync(join(repository, file)), file).toBe(true);
});

test('every issue form has a name, a description and fields', () => {
  const forms = filesIn('.github/ISSUE_TEMPLATE').filter((path) => !path.endsWith('/config.yml'));
  expect(forms.length).toBeGreaterThan(1);
  for (const path of forms) {
    const form = parse(read(path)) as { name: string; description: string; body: Array<{ type: string; id?: string }> };
    expect([form.name, form.description].every(Boolean), path).toBe(true);
    const ids = form.body.flatMap(({ type, id }) => (type === 'markdown' ? [] : [id]));
    expect(new Set(ids).size, path).toBe(ids.length);
    expect(ids, path).not.toContain(undefined);
  }
});

test('packages of one Backstage release are updated together', () => {
  const { updates } = parse(read('.github/dependabot.yml')) as {
    updates: Array<{ 'package-ecosystem': string; groups?: Record<string, { patterns?: string[] }> }>;
  };
  const npm = updates.find((update) => update['package-ecosystem'] === 'npm');
  expect(npm?.groups?.backstage?.patterns).toEqual(['@backstage/*']);
});

test('no page about the project gives an address that nobody reads', () => {
  for (const path of ['SECURITY.md', 'CODE_OF_CONDUCT.md', 'CONTRIBUTING.md', 'NOTICE']) {
    expect(read(path), path).not.toMatch(/[\w.+-]+@[\w-]+\.[a-z]{2,}/i);
  }
});

test('.nvmrc names a Node.js that the packages support', () => {
  const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
  const major = read('.nvmrc').trim();
  const oldest = minVersion(engines.node)!;
  expect(major).toMatch(/^\d+$/);
  expect(Number(major)).toBeGreaterThanOrEqual(oldest.major);
  expect(satisfies(`${major}.99.0`, engines.node)).toBe(true);
});
