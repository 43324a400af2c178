import { createServer, type AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runProcess, startProcess } from '../support/childProcess';
import { portalBin, portalDir, startPortal } from '../support/portal';
import { tempDir } from '../support/tempDir';

const run = (args: string[], env: Record<string, string | undefined> = {}) =>
  runProcess(process.execPath, [portalBin, ...args], { cwd: portalDir, env });

/** The portal's own config with `overlay` over it, all of its state in a temporary folder. */
async function configArgs(overlay: object): Promise<string[]> {
  const dir = await tempDir();
  const own = join(dir, 'own.yaml');
  const directories = { rootDirectory: join(dir, 'drops'), stateDirectory: join(dir, 'state') };
  await writeFile(own, JSON.stringify({ dynamicPlugins: directories, ...overlay }));
  return ['--config', join(portalDir, 'app-config.yaml'), '--config', own];
}

describe('stagedoor-portal', () => {
  test('goes on when nobody reads what it writes any more', async () => {
    const unread = 'exec "$0" "$@" > >(head -n 1 > /dev/null) 2>&1';
    const portal = await startPortal({
      start: (command, args, options) => startProcess('bash', ['-c', unread, command, ...args], options),
    });
    onTestFinished(async () => void (await portal.stop()));
    for (let turn = 0; turn < 20; turn++) expect((await portal.fetch('/api/nothing')).status).toBe(404);
  });

  test('explains itself on stdout', async () => {
    const { code, stdout, stderr } = await run(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('stagedoor-portal --config app-config.yaml --config app-config.production.yaml');
  });

  test('names every config file that is missing, and the remedy', async () => {
    const { code, stdout, stderr } = await run(['--config', 'no-such.yaml', '--config', 'nor-this.yaml']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('error CONFIG_FILE_MISSING: ');
    expect(stderr).toContain(join(portalDir, 'no-such.yaml'));
    expect(stderr).toContain(join(portalDir, 'nor-this.yaml'));
    expect(stderr).toContain('hint: ');
  });

  test('refuses an option it does not know, and names those it does', async () => {
    const { code, stderr } = await run(['--conf', 'app-config.yaml']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error USAGE: .*--conf.*Accepted: --config <file>, --help, --version/);
  });

  test('says where a config file is not YAML', async () => {
    const file = join(await tempDir(), 'broken.yaml');
    await writeFile(file, 'backend: [1\n');
    const { code, stderr } = await run(['--config', file]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error PORTAL_START_FAILED: .*line 2, column 1/);
  });

  test('says that its port is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const args = await configArgs({
      backend: { listen: { port }, database: { client: 'better-sqlite3', connection: ':memory:' } },
    });
    const { code, stderr } = await run(args, { NODE_ENV: 'development' });
    expect(code).toBe(1);
    expect(stderr).toContain(`error PORT_IN_USE: Another process listens on port ${port}.`);
  });

  test('names the variables that the config refers to when it does not start without them', async () => {
    const production = ['--config', 'app-config.yaml', '--config', 'app-config.production.yaml'];
    const { code, stderr } = await run(production, { POSTGRES_HOST: '127.0.0.1', POSTGRES_PORT: '1' });
    expect(code).toBe(1);
    expect(stderr).toContain('error PORTAL_START_FAILED: ');
    expect(stderr).toContain('hint: Set PORTAL_BASE_URL, POSTGRES_PASSWORD, POSTGRES_USER: ');
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 on %s', async (signal) => {
    const portal = await startPortal();
    expect(await portal.stop(signal)).toEqual({ code: 0, signal: null });
  });
});
