import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { dropFolder, fixtureBundle } from '../../support/bundles';
import { runProcess, startProcess } from '../../support/childProcess';
import { runStagedoor, stagedoorBin, type Run } from '../../support/commandLine';
import { GREETER, greeterVersion } from '../../support/greeter';
import { startPortal, type Portal } from '../../support/portal';
import { serve } from '../../support/serve';
import { makeTempDir, removeTempDir, tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';

const BROKEN = { version: '3.0.0', files: { 'index.cjs': 'throw new Error("out of order")' } };

let dir: string;
let portal: Portal;
let token: string;

beforeAll(async () => {
  dir = await makeTempDir();
  portal = await startPortal();
  token = await portal.guestToken();
});

afterAll(async () => {
  await portal?.stop();
  await removeTempDir(dir);
});

function plugins(...args: string[]): Promise<Run> {
  return runStagedoor(['plugins', ...args], {
    cwd: dir,
    env: { STAGEDOOR_PORTAL: portal.url, STAGEDOOR_TOKEN: token },
  });
}

/** What a command prints with `--json`. */
async function json<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await plugins(...args, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as T;
}

const served = (): Promise<string | number> => greeterVersion({ get: (path) => portal.fetch(path) });

test('A pipeline uploads, operates and removes a plugin of a running portal with one command for each', async () => {
  expect((await plugins('list')).stdout).toBe('no dynamic plugins\n');
  const first = await fixtureBundle(dir, 'greeter');
  expect((await plugins('upload', first)).stderr).toBe(`uploaded    ${GREETER} 1.0.0, running\n`);
  await json('upload', await fixtureBundle(dir, 'greeter', { version: '2.0.0' }));
  expect(await served()).toBe('2.0.0');
  expect((await plugins('rollback', GREETER)).code).toBe(0);
  expect(await served()).toBe('1.0.0');
  expect((await plugins('list')).stdout).toContain(`rolled-back   ${GREETER}  1.0.0 (2.0.0 on disk)\n`);
  expect((await plugins('show', GREETER)).stdout).toContain('on disk   2.0.0 (greeter-dynamic.tgz)');
  expect((await plugins('disable', GREETER)).stderr).toContain(`disabled    ${GREETER}`);
  expect(await served()).toBe(404);
  expect((await plugins('enable', GREETER)).code).toBe(0);
  expect((await plugins('reload', GREETER)).code).toBe(0);
  expect(await served()).toEqual(expect.any(String));
  await json('disable', GREETER);
  expect((await plugins('remove', GREETER)).stderr).toBe(`removed     ${GREETER}\n`);
  expect(await served()).toBe(404);
  expect(await json('list')).toMatchObject({ items: [] });
});

test('A bundle that does not start ends an upload with its code, and is listed first with its reason', async () => {
  await json('upload', await fixtureBundle(dir, 'greeter'));
  const { code, stderr } = await plugins('upload', await fixtureBundle(dir, 'greeter', BROKEN));
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^error LOAD_FAILED: .*out of order/) });
  const { stdout } = await plugins('list');
  expect(stdout).toMatch(/^(failed|update-failed) +greeter-dynamic {2}3\.0\.0.*\n +LOAD_FAILED: [^]*out of order/);
  expect((await plugins('wait', GREETER, '--version', '3.0.0')).stderr).toMatch(
    /error PLUGIN_NOT_READY: greeter-dynamic@3\.0\.0 is failed \(3\.0\.0\)\. LOAD_FAILED/,
  );
  await json('remove', GREETER);
});

test('A version that is dropped is waited for, from before it is known', async () => {
  const waiting = plugins('wait', GREETER, '--version', '1.0.0');
  await dropFolder(await fixtureBundle(dir, 'greeter'), portal.root, 'greeter');
  const { code, stderr } = await waiting;
  expect({ code, stderr }).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/running {5}greeter-dynamic 1\.0\.0\n$/),
  });
  const late = await plugins('wait', GREETER, '--version', '4.0.0', '--timeout', '0.1');
  expect(late.stderr).toContain('error PLUGIN_NOT_READY: greeter-dynamic@4.0.0 is running (1.0.0) after 0.1 s.');
});

test('The log of a plugin and its history are printed, with who changed it, and the log is followed', async () => {
  await dropFolder(await fixtureBundle(dir, 'greeter', { version: '5.0.0' }), portal.root, 'greeter');
  await json('wait', GREETER, '--version', '5.0.0');
  const follow = startProcess(process.execPath, [stagedoorBin, 'plugins', 'logs', GREETER, '-f', '--tail', '1'], {
    cwd: dir,
    env: { STAGEDOOR_PORTAL: portal.url, STAGEDOOR_TOKEN: token },
  });
  onTestFinished(async () => void (await follow.stop('SIGKILL')));
  await waitFor('the latest line', () => Promise.resolve(follow.output().includes('greeter')));
  await json('disable', GREETER);
  await waitFor('a new line', () => Promise.resolve(/INFO|info .*greeter 5\.0\.0 has stopped/.test(follow.output())));
  expect(await follow.stop('SIGINT')).toMatchObject({ code: 0 });
  const { stdout } = await plugins('logs', GREETER, '--search', 'HAS STOPPED', '--version', '5.0.0');
  expect(stdout).toMatch(/^\S+Z info {2}5\.0\.0 .*greeter 5\.0\.0 has stopped\n$/);
  expect((await plugins('logs', GREETER, '--tail', 'all')).stderr).toContain('error USAGE: --tail takes');
  const { items } = await json<{ items: object[] }>('history', GREETER);
  expect(items[0]).toMatchObject({ kind: 'disable', outcome: 'succeeded', by: expect.stringContaining('guest') });
  const history = await plugins('history', GREETER);
  expect(history.stdout).toMatch(/^\S+Z disable +succeeded {2}5\.0\.0.* by user:development\/guest/);
  expect((await plugins('history', 'no-such')).stderr).toContain('error PLUGIN_UNKNOWN');
  await json('enable', GREETER);
});

test('A plugin that was not uploaded is not removed; the error names what to delete', async () => {
  await dropFolder(await fixtureBundle(dir, 'greeter'), portal.root, 'greeter');
  await json('wait', GREETER, '--version', '1.0.0');
  const { code, stderr } = await plugins('remove', GREETER);
  expect(code).toBe(1);
  expect(stderr).toContain('error PLUGIN_NOT_UPLOADED');
  expect(stderr).toContain(`Delete ${join(portal.root, 'greeter')}.`);
  expect(await served()).toBe('1.0.0');
});

test('An unknown plugin, a damaged archive and a denied caller end with the code of the portal', async () => {
  expect((await plugins('reload', 'no-such')).stderr).toContain('error PLUGIN_UNKNOWN');
  await writeFile(join(dir, 'damaged.tgz'), 'no archive');
  expect((await plugins('upload', 'damaged.tgz')).stderr).toContain('error ARCHIVE_INVALID');
  token = '';
  expect((await plugins('list')).stderr).toContain('hint: Set STAGEDOOR_TOKEN');
  token = 'made-up';
  expect((await plugins('list')).stderr).toContain('error NOT_SIGNED_IN: The portal does not accept the token');
  token = await portal.guestToken();
});

test('A token comes from a file or standard input', async () => {
  const file = join(await tempDir(), 'token');
  await writeFile(file, `${token}\n`);
  const env = { STAGEDOOR_PORTAL: `${portal.url}/`, STAGEDOOR_TOKEN: undefined };
  expect((await runStagedoor(['plugins', 'list', '--token-file', file], { env })).code).toBe(0);
  const shell = `node "$1" plugins list --token-stdin < "$2"`;
  expect((await runProcess('sh', ['-c', shell, 'sh', stagedoorBin, file], { env })).code).toBe(0);
  await writeFile(file, '\n');
  const empty = await runStagedoor(['plugins', 'list', '--token-file', file], { env });
  expect(empty.stderr).toMatch(/^error USAGE: .*: it is empty\.\nhint: .*--token-file/);
});

test('Shells complete commands, options, and the names of the plugins of the portal', async () => {
  await dropFolder(await fixtureBundle(dir, 'greeter'), portal.root, 'greeter');
  await json('wait', GREETER);
  const script = `
    eval "$(node "$1" completion bash)"
    eval "stagedoor() { node '$1' \\"\\$@\\"; }"
    COMP_WORDS=(stagedoor plugins disable gre); COMP_CWORD=3; _stagedoor; echo "\${COMPREPLY[@]}"
    COMP_WORDS=(stagedoor exp); COMP_CWORD=1; _stagedoor; echo "\${COMPREPLY[@]}"
    COMP_WORDS=(stagedoor export --sta); COMP_CWORD=2; _stagedoor; echo "\${COMPREPLY[@]}"`;
  const env = { STAGEDOOR_PORTAL: portal.url, STAGEDOOR_TOKEN: token };
  const { stdout, stderr } = await runProcess('bash', ['-c', script, 'bash', stagedoorBin], { env });
  expect(stdout.split('\n'), stderr).toEqual([GREETER, 'export', '--start-check', '']);
});

describe('What is no portal', () => {
  const ask = async (location: string, ...args: string[]): Promise<string> => {
    const env = { STAGEDOOR_PORTAL: undefined, STAGEDOOR_TOKEN: 'secret-token' };
    const { code, stderr } = await runStagedoor(['plugins', 'list', '--portal', location, ...args], { env });
    expect(code).toBe(1);
    expect(stderr).not.toContain('secret-token');
    return stderr;
  };

  test.each([
    ['a page', 200, '<html>Hello</html>', 'this is not an answer of a portal'],
    ['other JSON', 200, '{"items":[{"name":1}]}', 'this is not an answer of a portal'],
    ['a redirect to a sign-in page', 302, '', 'the answer is 302, without a reason'],
    ['a gateway without a portal behind it', 404, 'not found', 'the answer is 404, without a reason'],
  ])('is told from one: %s', async (_what, status, body, why) => {
    const server = await serve((_request, response) => {
      response.writeHead(status, { 'content-type': 'text/html', location: 'http://127.0.0.1:1/' }).end(body);
    });
    const stderr = await ask(server);
    expect(stderr).toContain('error PORTAL_UNREACHABLE');
    expect(stderr).toContain(why);
  });

  test('is never sent a token over plain http, unless it is this machine or allowed', async () => {
    expect(await ask('http://portal.example.com')).toContain('would be sent to portal.example.com unencrypted');
    expect(await ask('portal.example.com')).toContain('is not the URL of a portal');
    expect(await ask('https://user:pass@portal.example.com')).toContain('contains credentials');
  });

  test('may be a portal of tomorrow with codes of its own', async () => {
    const server = await serve((_request, response) => {
      const error = { code: 'MADE_TOMORROW', message: 'Not today.', hint: 'Wait.' };
      response.writeHead(422, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
    });
    expect(await ask(server)).toBe('error PORTAL_FAILED: MADE_TOMORROW: Not today.\nhint: Wait.\n');
  });
});
