import { existsSync } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runProcess } from '../support/childProcess';
import { start, startScript as script } from '../support/npmStart';
import { repository } from '../support/repository';
import { runShown } from '../support/shownCommands';
import { tempDir } from '../support/tempDir';

/** Of what an install, a build and an export write, one file each and their stamps. */
const WRITTEN = [
  'node_modules/.package-lock.json',
  'bundle/dist/index.cjs.js',
  'cli/dist/api.cjs.js',
  'loader/dist/index.cjs.js',
  'portal/app/dist/index.html.tmpl',
  'examples/hello-dynamic-backend/dist-dynamic/dynamic-bundle.json',
  '.cache/stamps/export-hello-dynamic-backend',
];

/** When files of the repository were last written, by path; only those that are there. */
async function timesOf(paths: string[]): Promise<Record<string, bigint>> {
  const times: Record<string, bigint> = {};
  for (const path of paths) {
    const info = await stat(join(repository, path), { bigint: true }).catch(() => undefined);
    if (info) times[path] = info.ctimeNs;
  }
  return times;
}

describe('npm start', () => {
  test('serves the hello example and ends by saying commands that work', async () => {
    const { child, url } = await start(await tempDir());
    const said = child.stdout().slice(child.stdout().indexOf('The portal is ready.'));
    expect(said).toContain(`Open ${url}, or try:`);
    const commands = said.split('\n').flatMap((line) => (line.startsWith('    ') ? [line.trim()] : []));
    expect(commands).toHaveLength(5);
    const run = await runShown(commands.join('\n'));
    expect({ code: run.code, stderr: run.stderr }).toMatchObject({ code: 0 });
    expect(run.stdout).toContain('"message": "Hello from app-config"');
    expect(run.stdout).toContain('HTTP/1.1 401 Unauthorized');
    expect(run.stdout).toContain('"things": []');
    expect(run.stdout).toMatch(/"name": "@stagedoor\/hello-dynamic-backend-dynamic"[^]*"state": "running"/);
  });

  test('keeps data where it is told, takes further config, passes SIGTERM on, and does not repeat what is up to date, whatever NODE_ENV and proxies are set', async () => {
    const nowhere = 'http://127.0.0.1:9';
    const set = {
      NODE_ENV: 'production',
      HTTP_PROXY: nowhere,
      http_proxy: nowhere,
      NODE_USE_ENV_PROXY: '1',
      NO_PROXY: '',
    };
    const dir = await tempDir();
    const config = join(dir, 'mine.yaml');
    await writeFile(config, 'hello: { greeting: Hello from mine }\n');
    const { child, url } = await start(dir, { args: ['--config', config], env: set });
    expect(await (await fetch(`${url}/api/hello/ping`)).json()).toMatchObject({ message: 'Hello from mine' });
    expect(existsSync(join(dir, 'data/hello.sqlite'))).toBe(true);
    expect((await fetch(`${url}/api/auth/guest/refresh`)).status).toBe(200);
    expect(await child.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    await expect(fetch(url)).rejects.toThrow();

    const before = await timesOf(WRITTEN);
    expect(Object.keys(before)).toEqual(expect.arrayContaining(WRITTEN));
    // An npm that ends the start where it is called.
    const bin = join(dir, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'npm'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const env = { PATH: `${bin}:${process.env.PATH}`, npm_execpath: undefined };
    const second = await start(dir, { env });
    expect(second.child.stderr()).toMatch(/^Building: up to date$/m);
    expect(second.child.stderr()).toMatch(/^Exporting examples\/hello-dynamic-backend: up to date$/m);
    expect(second.child.stderr()).not.toContain('Installing');
    expect(await timesOf(WRITTEN)).toEqual(before);
  });

  test('says at once that a port is taken, and how to choose another', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const { code, stdout, stderr } = await runProcess(process.execPath, [script, '--port', String(port)]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      `\nerror: Port ${port} cannot be listened on (EADDRINUSE).\n` +
        `  hint: Stop the process that uses it, or choose another port: npm start -- --port ${port + 1}\n`,
    );
  });

  test.each(['18.20.4', '20.18.0', '21.7.3', '22.11.0', '23.0.0'])('refuses Node.js %s', async (version) => {
    const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`;
    const imported = `data:text/javascript,${encodeURIComponent(pretend)}`;
    const { code, stderr } = await runProcess(process.execPath, ['--import', imported, script]);
    expect(code).toBe(1);
    expect(stderr).toContain(
      `error: Stagedoor needs Node.js ^20.19.0 || ^22.12.0 || ^24.0.0 || ^26.0.0; this is ${version}.`,
    );
    expect(stderr).toContain('hint: Install Node.js 24');
  });

  test('names the options it takes when given another', async () => {
    const { code, stderr } = await runProcess(process.execPath, [script, '--prot', '7008']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: Unknown option '--prot'.*\n {2}hint: Accepted: --port <n>, --config <file>/);
  });
});
