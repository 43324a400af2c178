import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from '../support/repository';
import { runStagedoor } from '../support/commandLine';
import { stagedoor } from './export/exportSupport';

/** The first cells of the table below a heading of cli/README.md. */
async function firstCells(heading: string): Promise<string[]> {
  const text = await readFile(join(repository, 'cli/README.md'), 'utf8');
  const section = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| `([^`]+)`/gm)].map((match) => match[1]!);
}

/** What `stagedoor <args> --help` prints. */
async function help(...args: string[]): Promise<string> {
  return (await stagedoor(repository, ...args, '--help')).stdout;
}

/** The commands that the text of `stagedoor --help` lists, one line each. */
function commandsIn(text: string): string[] {
  const section = text.slice(text.indexOf('\nCommands:\n'), text.indexOf('\nOptions:\n')).trim();
  const lines = section.split('\n').slice(1);
  return lines.map((line) => /^ {2}stagedoor ([a-z]+)( [[<].+[\]>])? {2,}[A-Z].*\.$/.exec(line)?.[1] ?? line);
}

function optionsIn(text: string): string[] {
  return [...text.matchAll(/^\s+(?:-[a-z], )?--([a-z-]+)/gm)].map((match) => match[1]!).sort();
}

test('stagedoor --help says what it is, what it can, how to begin, and where to read on', async () => {
  const text = await help();
  expect(text).toContain('self-contained dynamic bundles');
  for (const command of commandsIn(text)) expect(command).toMatch(/^[a-z]+$/);
  expect(text.slice(text.indexOf('\nExamples:\n')).match(/^ {2}stagedoor \S+ /gm)).toHaveLength(3);
  expect(text).toContain('README.md of @stagedoor/cli');
});

test('no arguments, help and -v mean the help, the help of a command, and the version', async () => {
  expect(await stagedoor(repository)).toMatchObject({ code: 0, stdout: await help() });
  expect((await stagedoor(repository, 'help', 'sign')).stdout).toBe(await help('sign'));
  expect((await stagedoor(repository, '-v')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('colours follow FORCE_COLOR and NO_COLOR, and without a terminal there are none', async () => {
  const firstLine = async (env: NodeJS.ProcessEnv): Promise<string> =>
    (await runStagedoor(['exprot'], { env: { FORCE_COLOR: undefined, NO_COLOR: undefined, ...env } })).stderr;
  expect((await firstLine({ FORCE_COLOR: '1' })).startsWith('\u001b[31merror USAGE:\u001b[39m ')).toBe(true);
  expect(await firstLine({ FORCE_COLOR: '0' })).toMatch(/^error USAGE: /);
  expect(await firstLine({})).toMatch(/^error USAGE: /);
});

test('the README of the CLI, the help of each command and the hint for a wrong option name the same options', async () => {
  const names = commandsIn(await help());
  expect(names).toContain('export');
  for (const name of names) {
    const text = await help(name);
    expect(text).toMatch(new RegExp(`^stagedoor ${name}.*\\n\\n[A-Z]`));
    const options = optionsIn(text);
    // A flag that is on by default is written in the form that changes something.
    const cells = await firstCells(name === 'export' ? 'Options' : `stagedoor ${name}`);
    const documented = cells.filter((cell) => cell.startsWith('--')).map((option) => option.replace(/^--(no-)?/, ''));
    expect([...new Set([...documented, 'version', 'help'])].sort(), name).toEqual(options);
    const { stderr } = await stagedoor(repository, name, '--no-such-option');
    const hinted = [...stderr.slice(stderr.indexOf('hint: ')).matchAll(/--([a-z-]+)/g)].map((match) => match[1]!);
    expect([...new Set([...hinted.map((option) => option.replace(/^no-/, '')), 'version'])].sort()).toEqual(options);
  }
});

test('the README of the CLI says of each dependency why it is there', async () => {
  const manifest = JSON.parse(await readFile(join(repository, 'cli/package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  expect((await firstCells('Dependencies')).sort()).toEqual(Object.keys(manifest.dependencies).sort());
});
