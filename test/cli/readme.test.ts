import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repository } from '../support/repository';
import { stagedoor } from './exportSupport';

/** The first cells of the table below a heading of cli/README.md. */
async function firstCells(heading: string): Promise<string[]> {
  const text = await readFile(join(repository, 'cli/README.md'), 'utf8');
  const section = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| `([^`]+)`/gm)].map((match) => match[1]!);
}

it('the README of the CLI lists the options of --help', async () => {
  const { stdout } = await stagedoor(repository, 'export', '--help');
  const helped = [...stdout.matchAll(/^\s+--([a-z-]+)/gm)].map((match) => match[1]!);
  // A flag that is on by default is written in the form that changes something.
  const documented = (await firstCells('Options')).map((option) => option.replace(/^--(no-)?/, ''));
  expect(documented.sort()).toEqual(helped.sort());
});

it.each(['keygen', 'sign', 'verify', 'inspect'])('the README of the CLI lists the options of %s', async (command) => {
  const { stdout } = await stagedoor(repository, command, '--help');
  const helped = [...stdout.matchAll(/^\s+--([a-z-]+)/gm)].map((match) => match[1]!);
  const documented = (await firstCells(`stagedoor ${command}`)).map((option) => option.replace(/^--/, ''));
  expect([...documented, 'version', 'help'].sort()).toEqual(helped.sort());
});

it('the README of the CLI says of each dependency why it is there', async () => {
  const manifest = JSON.parse(await readFile(join(repository, 'cli/package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  expect((await firstCells('Dependencies')).sort()).toEqual(Object.keys(manifest.dependencies).sort());
});
