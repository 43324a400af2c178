import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProcess } from '../support/childProcess';
import { runStagedoor } from '../support/commandLine';
import { repository } from '../support/repository';
import { tempDir } from '../support/tempDir';

const host = join(repository, 'test/fixtures/hosts/backstageCli.cjs');

/** Runs `backstage-cli <args>` with the module of `@stagedoor/cli`, on the runner of Backstage's own CLI. */
async function backstageCli(args: string[], cwd = repository) {
  return await runProcess(process.execPath, [host, ...args], { cwd });
}

/** Command → description, of a help text's list. */
function listed(text: string, line: RegExp): Record<string, string> {
  return Object.fromEntries([...text.matchAll(line)].map(([, name, description]) => [name!, description!]));
}

test('backstage-cli lists every command of stagedoor, as its own help does', async () => {
  const [own, module] = await Promise.all([runStagedoor(['--help']), backstageCli(['stagedoor', '--help'])]);
  const commands = listed(own.stdout, /^ {2}stagedoor ([a-z]+)(?: [[<]\S+[\]>])* {2,}(.*\.)$/gm);
  expect(Object.keys(commands)).toContain('export');
  expect(listed(module.stdout, /^ {2}([a-z]+) {2,}(.*\.)$/gm)).toEqual(commands);
});

test('backstage-cli lists one command more, which no command of Backstage is named like', async () => {
  const { stdout } = await backstageCli(['--help']);
  expect(stdout).toMatch(/^ {2}stagedoor {2,}/m);
});

test.each([
  ['stagedoor', 'export', '--help'],
  ['stagedoor', 'export', '-h'],
  ['stagedoor', 'help', 'export'],
])('backstage-cli %s %s %s explains the command, by the name that it is called with', async (...args) => {
  const { code, stdout } = await backstageCli(args);
  expect(code).toBe(0);
  expect(stdout).toContain('backstage-cli stagedoor export [package]');
  expect(stdout).toContain('--pack');
  expect(stdout).not.toMatch(/(?<!backstage-cli )stagedoor export/);
});

test('backstage-cli stagedoor runs a command in the folder of the caller', async () => {
  const dir = await tempDir();
  const { code, stdout } = await backstageCli(['stagedoor', 'keygen', '--out', 'team', '--unencrypted', '--json'], dir);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toHaveProperty('publicKey');
  expect(await readFile(join(dir, 'team.pem'), 'utf8')).toContain('PRIVATE KEY');
});

test('backstage-cli stagedoor reports an error once, with its code and hint, and exits with 1', async () => {
  const { code, stderr } = await backstageCli(['stagedoor', 'inspect', './nothing']);
  expect(code).toBe(1);
  expect(stderr.match(/BUNDLE_NOT_FOUND/g)).toHaveLength(1);
  expect(stderr).toContain('hint: ');
  const wrong = await backstageCli(['stagedoor', 'keygen', '--no-such-option']);
  expect(wrong.code).toBe(1);
  expect(wrong.stderr).toContain('`backstage-cli stagedoor keygen --help`');
});

test('backstage-cli loads nothing of the commands that it does not run', async () => {
  const code = `require('@backstage/cli-node');
const before = new Set(Object.keys(require.cache));
require('@stagedoor/cli');
console.log(JSON.stringify(Object.keys(require.cache).filter((file) => !before.has(file))));`;
  const { stdout } = await runProcess(process.execPath, ['-e', code], { cwd: repository });
  expect(JSON.parse(stdout)).toEqual([join(repository, 'cli/dist/index.cjs.js')]);
});
