import { packBundle } from '@stagedoor/bundle';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { adminApi, type AdminApi } from '../../support/adminApi';
import { startBackend, type RunningBackend } from '../../support/backend';
import { fixtureBundle, type FixtureOptions } from '../../support/bundles';
import { GREETER, drop, greeterVersion } from '../../support/greeter';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';

interface Fault {
  error: { code: string; message: string; hint: string };
}

interface Done {
  operation: { kind: string; plugin: string; by: string; status: string };
  plugin: { state: string; drop: string; version: string };
}

async function archive(fixture: string, options: FixtureOptions = {}): Promise<Buffer> {
  const dir = await tempDir();
  await packBundle(await fixtureBundle(dir, fixture, options), join(dir, 'bundle.tgz'));
  return await readFile(join(dir, 'bundle.tgz'));
}

async function setUp(): Promise<{ backend: RunningBackend; call: AdminApi['call'] }> {
  const backend = await startBackend();
  return { backend, call: (await adminApi(backend)).call };
}

describe('an archive that is uploaded', () => {
  test('is put into the root directory and runs; the next one takes its place', async () => {
    const { backend, call } = await setUp();
    const first = await call<Done>('POST', '/plugins', { body: await archive('greeter') });
    expect(first).toMatchObject({
      status: 200,
      body: {
        operation: { kind: 'upload', plugin: GREETER, status: 'succeeded' },
        plugin: { state: 'running', drop: 'greeter-dynamic.tgz' },
      },
    });
    expect(await greeterVersion(backend)).toBe('1.0.0');
    for (const version of ['2.0.0', '1.5.0']) {
      await call('POST', '/plugins', { body: await archive('greeter', { version }) });
      expect(await greeterVersion(backend)).toBe(version);
    }
    expect(await readdir(backend.root)).toEqual(['greeter-dynamic.tgz']);
  });

  test('gets nowhere near the root directory when a drop like it would be refused', async () => {
    const { backend, call } = await setUp();
    const refused: Array<[string, string | Buffer]> = [
      ['ARCHIVE_INVALID', 'no archive'],
      ['DIGEST_MISMATCH', await archive('greeter', { manifest: { digest: '0'.repeat(64) } })],
      ['ROLE_UNSUPPORTED', await archive('greeter', { packageJson: { backstage: { role: 'cli' } }, sealed: false })],
    ];
    for (const [code, body] of refused) {
      const answer = await call<Fault>('POST', '/plugins', { body });
      expect([answer.status, answer.body.error.code], answer.body.error.message).toEqual([422, code]);
    }
    expect(await readdir(backend.root)).toEqual([]);
    expect(await readdir(join(backend.stateDir, 'tmp'))).toEqual([]);
    expect(await backend.plugins()).toEqual([]);
  });

  test('that does not start is shown with its reason, and what served still serves', async () => {
    const { backend, call } = await setUp();
    await call('POST', '/plugins', { body: await archive('greeter') });
    const body = await archive('greeter', {
      version: '2.0.0',
      files: { 'index.cjs': 'throw new Error("out of order")' },
    });
    const answer = await call<Fault>('POST', '/plugins', { body });
    expect(answer.status).toBe(422);
    expect(answer.body.error).toMatchObject({
      code: 'LOAD_FAILED',
      message: expect.stringContaining('out of order') as string,
    });
    expect(await greeterVersion(backend)).toBe('1.0.0');
  });

  test('is refused where another drop of the package counts more', async () => {
    const { backend, call } = await setUp();
    await drop(backend, 'greeter', { version: '2.0.0' });
    await backend.until(GREETER, 'running');
    const answer = await call<Fault>('POST', '/plugins', { body: await archive('greeter') });
    expect(answer.status).toBe(409);
    expect(answer.body.error.code).toBe('UPLOAD_OUTRANKED');
    expect(answer.body.error.hint).toContain('Remove greeter from the root directory');
    expect(await readdir(backend.root)).toEqual(['greeter']);
  });

  test('never takes the place of another package, whose name an archive would share or whose drop has this name', async () => {
    const { backend, call } = await setUp();
    const named = async (fixture: string, name: string) => await archive(fixture, { packageJson: { name } });
    await call('POST', '/plugins', { body: await named('greeter', '@acme/payroll-x') });
    await call('POST', '/plugins', { body: await named('streams', '@acme-payroll/x') });
    expect((await readdir(backend.root)).sort()).toEqual(['@acme+payroll-x.tgz', '@acme-payroll+x.tgz']);
    expect((await backend.plugins()).map(({ name, state }) => [name, state])).toEqual([
      ['@acme-payroll/x', 'running'],
      ['@acme/payroll-x', 'running'],
    ]);
    await rm(join(backend.root, '@acme-payroll+x.tgz'));
    await backend.until('@acme-payroll/x', 'gone');
    await writeFile(join(backend.root, 'taken.tgz'), await named('streams', 'rows'));
    await backend.until('rows', 'running');
    const answer = await call<Fault>('POST', '/plugins', { body: await named('greeter', 'taken') });
    expect([answer.status, answer.body.error.code]).toEqual([409, 'UPLOAD_ENTRY_TAKEN']);
    expect(answer.body.error.message).toContain('taken.tgz in the root directory contains rows');
  });

  test('may be no larger than 64 MiB, said ahead or not', async () => {
    const { backend, call } = await setUp();
    const chunk = Buffer.alloc(1024 * 1024);
    let left = 80;
    const body = new ReadableStream({
      pull: (controller) => (left-- > 0 ? controller.enqueue(chunk) : controller.close()),
    });
    const streamed = await fetch(`${backend.url}/api/dynamic-plugins/v1/plugins`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${await backend.token()}` },
      duplex: 'half',
    } as RequestInit);
    expect(streamed.status).toBe(413);
    expect(((await streamed.json()) as Fault).error.code).toBe('UPLOAD_TOO_LARGE');
    const announced = await call<Fault>('POST', '/plugins', { body: Buffer.alloc(65 * 1024 * 1024) });
    expect(announced).toMatchObject({ status: 413, body: { error: { code: 'UPLOAD_TOO_LARGE' } } });
    expect(await readdir(join(backend.stateDir, 'tmp'))).toEqual([]);
  });

  test('leaves nothing behind when its sender goes away', async () => {
    const { backend } = await setUp();
    const token = await backend.token();
    const socket = connect(Number(new URL(backend.url).port), '127.0.0.1');
    socket.write(
      `POST /api/dynamic-plugins/v1/plugins HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\n` +
        'content-length: 1000\r\n\r\nhalf of it',
    );
    const temporary = join(backend.stateDir, 'tmp');
    await waitFor('the upload to begin', async () => (await readdir(temporary)).length > 0);
    socket.destroy();
    await waitFor('the upload to be gone', async () => (await readdir(temporary)).length === 0);
    expect(await readdir(backend.root)).toEqual([]);
  });

  test('is removed on request, with its state, and no drop that came in another way', async () => {
    const { backend, call } = await setUp();
    await call('POST', '/plugins', { body: await archive('greeter') });
    await call('POST', `/plugins/${GREETER}/disable`);
    const removed = await call('DELETE', `/plugins/${GREETER}`);
    expect(removed).toMatchObject({ status: 200, body: { operation: { kind: 'remove', status: 'succeeded' } } });
    expect(await readdir(backend.root)).toEqual([]);
    expect(await backend.plugins()).toEqual([]);
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    const refused = await call<Fault>('DELETE', `/plugins/${GREETER}`);
    expect([refused.status, refused.body.error.code]).toEqual([409, 'PLUGIN_NOT_UPLOADED']);
    expect(refused.body.error.hint).toContain(join(backend.root, 'greeter'));
    expect(await greeterVersion(backend)).toBe('1.0.0');
  });

  test('cannot be placed where there is no root directory any more', async () => {
    const { backend, call } = await setUp();
    await rm(backend.root, { recursive: true });
    const { status, body } = await call<Fault>('POST', '/plugins', { body: await archive('greeter') });
    expect([status, body.error.code]).toEqual([500, 'ROOT_UNWRITABLE']);
  });
});

describe('the details of a bundle', () => {
  test('name the keys of app-config that it reads, and which are set, never a value', async () => {
    const backend = await startBackend({ config: { reads: { greeting: 'Ahoy', token: 'of nobody else' } } });
    await drop(backend, 'reads-config');
    await backend.until('reads-config-dynamic', 'running');
    const { call } = await adminApi(backend);
    const { body } = await call<{ keys: object[] }>('GET', '/plugins/reads-config-dynamic/config');
    expect(body.keys).toContainEqual({
      key: 'reads.greeting',
      set: true,
      required: true,
      secret: false,
      type: 'string',
    });
    expect(body.keys).toContainEqual(expect.objectContaining({ key: 'reads.times', set: false, required: false }));
    expect(body.keys).toContainEqual(expect.objectContaining({ key: 'reads.token', set: true, secret: true }));
    expect(JSON.stringify(body)).not.toMatch(/Ahoy|of nobody else/);
  });

  test('hold its bill of materials, where it has one', async () => {
    const { backend, call } = await setUp();
    const sbom = { bomFormat: 'CycloneDX', components: [] };
    await drop(backend, 'greeter', { files: { 'sbom.cdx.json': JSON.stringify(sbom) } });
    await backend.until(GREETER, 'running');
    const response = await fetch(`${backend.url}/api/dynamic-plugins/v1/plugins/${GREETER}/sbom`, {
      headers: { authorization: `Bearer ${await backend.token()}` },
    });
    expect(response.headers.get('content-type')).toContain('application/vnd.cyclonedx+json');
    expect(await response.json()).toEqual(sbom);

    await drop(backend, 'streams');
    await backend.until('streams-dynamic', 'running');
    const missing = await call<Fault>('GET', '/plugins/streams-dynamic/sbom');
    expect([missing.status, missing.body.error.code]).toEqual([404, 'SBOM_MISSING']);
  });
});
