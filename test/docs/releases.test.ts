import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from '../support/repository';

const PACKAGES = ['backend-defaults', 'backend-plugin-api', 'backend-app-api', 'plugin-events-node'];

async function json(path: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(repository, path), 'utf8')) as Record<string, unknown>;
}

test('The page of tested releases names the versions that are tested', async () => {
  const page = await readFile(join(repository, 'docs/reference/releases.md'), 'utf8');
  const row = (title: string) =>
    page
      .split('\n')
      .find((line) => line.startsWith(`| ${title} `))!
      .split('|')
      .slice(2, 2 + PACKAGES.length)
      .map((cell) => cell.trim());
  const packages = (await json('package-lock.json')).packages as Record<string, { version: string }>;
  expect(row('newest')).toEqual(PACKAGES.map((name) => packages[`node_modules/@backstage/${name}`]!.version));
  const previous = (await json('test/releases/previous.json')) as Record<string, string>;
  expect(row('the one before')).toEqual(PACKAGES.map((name) => previous[`@backstage/${name}`]));
});
