import type { PluginStatus } from '@stagedoor/loader';
import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { adminApi } from '../../support/adminApi';
import { startBackend } from '../../support/backend';
import { GREETER, drop, greeterVersion } from '../../support/greeter';
import { holdRequest } from '../../support/heldRequest';
import { untilLaterDropRuns } from '../../support/laterDrop';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';

interface Done {
  operation: { id: string; kind: string; status: string; by: string };
  plugin: PluginStatus;
}

/** A backend with the greeter in the given versions, dropped one after the other. */
async function withGreeter(...versions: string[]) {
  const home = await tempDir();
  const backend = await startBackend({ home, dynamicPlugins: { drainTimeout: '2m' } });
  for (const version of versions) {
    await drop(backend, 'greeter', { version });
    await backend.until(GREETER, 'running', version);
  }
  return { home, backend, api: await adminApi(backend) };
}

/** The staged copies of the greeter, each with what tells one copy from another of the same content. */
async function stagedCopies({ stateDir }: { stateDir: string }): Promise<string[]> {
  const dir = join(stateDir, 'staged', GREETER);
  const copies = (await readdir(dir)).sort();
  return await Promise.all(
    copies.map(async (copy) => {
      const { ino, ctimeMs } = await stat(join(dir, copy, 'index.cjs'));
      return `${copy} ${ino} ${ctimeMs}`;
    }),
  );
}

describe('disable', () => {
  test('takes a bundle out of service, for new drops and after a restart as well, until it is enabled', async () => {
    const { home, backend, api } = await withGreeter('1.0.0');
    const { status, body } = await api.call<Done>('POST', `/plugins/${GREETER}/disable`);
    expect(status).toBe(200);
    expect(body.operation).toMatchObject({ kind: 'disable', status: 'succeeded', by: 'user:development/guest' });
    expect(body.plugin).toMatchObject({ state: 'disabled', code: 'PLUGIN_DISABLED' });
    expect(body.plugin.message).toContain('user:development/guest');
    expect(body.plugin.loaded).toBeUndefined();
    expect(await greeterVersion(backend)).toBe(404);

    await drop(backend, 'greeter', { version: '2.0.0' });
    await waitFor('the drop to be noticed', async () => (await backend.plugins())[0]!.onDisk?.version === '2.0.0');
    expect((await backend.until(GREETER, 'disabled', '2.0.0'))!.loaded).toBeUndefined();
    await backend.stop();

    const second = await startBackend({ home });
    expect((await second.until(GREETER, 'disabled'))!.onDisk!.version).toBe('2.0.0');
    expect(await greeterVersion(second)).toBe(404);
    const enabled = await (await adminApi(second)).call<Done>('POST', `/plugins/${GREETER}/enable`);
    expect(enabled.body.plugin).toMatchObject({ state: 'running', version: '2.0.0' });
    expect(await greeterVersion(second)).toBe('2.0.0');
  });

  test('lets requests in flight finish and answers 202 meanwhile, with an operation to follow', async () => {
    const { backend, api } = await withGreeter('1.0.0');
    const { answer, release } = await holdRequest(backend);
    const disable = `/plugins/${GREETER}/disable`;
    const { status, body, headers } = await api.call<Done>('POST', disable, { prefer: 'return=minimal, wait=1' });
    expect(status).toBe(202);
    expect(headers.get('preference-applied')).toBe('wait=1');
    expect(headers.get('location')).toBe(`/api/dynamic-plugins/v1/operations/${body.operation.id}`);
    expect(await greeterVersion(backend)).toBe(404);
    expect(await backend.until(GREETER, 'draining')).toMatchObject({ generations: [{ role: 'draining' }, {}] });

    for (const kind of ['reload', 'enable', 'disable', 'rollback']) {
      const second = await api.call('POST', `/plugins/${GREETER}/${kind}`);
      expect(second.status).toBe(409);
      const code = kind === 'enable' || kind === 'disable' ? 'OPERATION_IN_PROGRESS' : 'PLUGIN_DISABLED';
      expect(second).toMatchObject({ body: { error: { code, name: 'ConflictError' } } });
    }
    release();
    expect(await (await answer).json()).toEqual({ version: '1.0.0' });
    await waitFor('the operation to end', async () => {
      const followed = await api.call<Done['operation']>('GET', `/operations/${body.operation.id}`);
      return followed.body.status === 'succeeded';
    });
    await backend.until(GREETER, 'disabled');
  });

  test('leaves units of the portal without the module of the bundle, and gives it back', async () => {
    const { backend, api } = await withGreeter('1.0.0');
    await drop(backend, 'greeter-module-word');
    await backend.until('greeter-module-word-dynamic', 'running');
    await api.call('POST', '/plugins/greeter-module-word-dynamic/disable');
    expect(await (await backend.get('/api/greeter/words')).json()).toEqual({ words: [] });
    await api.call('POST', '/plugins/greeter-module-word-dynamic/enable');
    expect(await (await backend.get('/api/greeter/words')).json()).toEqual({ words: [expect.any(String)] });
  });

  test('of what is disabled and enable of what is not are done at once', async () => {
    const { api } = await withGreeter('1.0.0');
    expect((await api.call('POST', `/plugins/${GREETER}/enable`)).status).toBe(200);
    await api.call('POST', `/plugins/${GREETER}/disable`);
    expect((await api.call('POST', `/plugins/${GREETER}/disable`)).status).toBe(200);
    const refused = await api.call<{ error: object }>('POST', `/plugins/${GREETER}/reload`);
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'PLUGIN_DISABLED' } } });
  });
});

describe('reload', () => {
  test('starts the plugin anew while the one before finishes its requests', async () => {
    const { backend, api } = await withGreeter('1.0.0');
    const before = (await backend.until(GREETER, 'running'))!.loaded!.since;
    const { answer, release } = await holdRequest(backend);
    const { status, body } = await api.call<Done>('POST', `/plugins/${GREETER}/reload`);
    expect(status).toBe(200);
    expect(body.plugin.state).toBe('running');
    expect(body.plugin.loaded!.since > before).toBe(true);
    expect(backend.logs.join('\n')).not.toContain('greeter 1.0.0 has stopped');
    release();
    expect(await (await answer).json()).toEqual({ version: '1.0.0' });
    await expect.poll(() => backend.logs.join('\n')).toContain('greeter 1.0.0 has stopped');
    expect(await greeterVersion(backend)).toBe('1.0.0');
  });

  test('does not take a staged copy that was touched, but stages the drop again', async () => {
    const { backend, api } = await withGreeter('1.0.0');
    const staged = join(backend.stateDir, 'staged', GREETER);
    const [copy] = await readdir(staged);
    await writeFile(join(staged, copy!, 'index.cjs'), 'throw new Error("touched")');
    expect((await api.call('POST', `/plugins/${GREETER}/reload`)).status).toBe(200);
    expect(await greeterVersion(backend)).toBe('1.0.0');
  });

  test('of a bundle that does not start answers 422 with its fault, and what served before serves', async () => {
    const { backend, api } = await withGreeter('1.0.0');
    await drop(backend, 'greeter', { version: '2.0.0', packageJson: { main: 'absent.cjs' } });
    await backend.until(GREETER, 'rejected', '2.0.0');
    const { status, body } = await api.call<{ error: { code: string } }>('POST', `/plugins/${GREETER}/reload`);
    expect(status).toBe(422);
    expect(body.error.code).toBe('MAIN_MISSING');
    expect(await greeterVersion(backend)).toBe('1.0.0');
    expect(await backend.until(GREETER, 'rejected')).toMatchObject({
      loaded: { version: '1.0.0' },
      onDisk: { version: '2.0.0' },
    });
  });
});

describe('rollback', () => {
  test('brings the build before back from its staged copy, and the same drop does not return after a restart', async () => {
    const { home, backend, api } = await withGreeter('1.0.0', '2.0.0');
    const staged = await stagedCopies(backend);
    const { status, body } = await api.call<Done>('POST', `/plugins/${GREETER}/rollback`);
    expect(status).toBe(200);
    // Nothing was copied for it.
    expect(await stagedCopies(backend)).toEqual(staged);
    expect(await greeterVersion(backend)).toBe('1.0.0');
    expect(body.plugin).toMatchObject({
      state: 'running',
      version: '1.0.0',
      loaded: { version: '1.0.0' },
      onDisk: { version: '2.0.0' },
      generations: expect.arrayContaining([
        { version: '1.0.0', digest: expect.any(String), role: 'serving' },
        { version: '2.0.0', digest: expect.any(String), role: 'previous' },
      ]),
    });
    expect(body.plugin.summary).toMatchObject({
      state: 'rolled-back',
      decision: { by: 'user:development/guest' },
      nextStart: { why: 'rolled-back', version: '1.0.0' },
    });
    await drop(backend, 'greeter', { version: '2.0.0' });
    await untilLaterDropRuns(backend);
    expect(await greeterVersion(backend)).toBe('1.0.0');
    await backend.stop();

    const second = await startBackend({ home });
    await second.until(GREETER, 'running', '1.0.0');
    expect(await greeterVersion(second)).toBe('1.0.0');
    await drop(second, 'greeter', { version: '3.0.0' });
    await second.until(GREETER, 'running', '3.0.0');
    expect(await greeterVersion(second)).toBe('3.0.0');
  });

  test('gives way to the same version with other content, and goes forward when it is asked for twice', async () => {
    const { backend, api } = await withGreeter('1.0.0', '2.0.0');
    await api.call('POST', `/plugins/${GREETER}/rollback`);
    expect(await greeterVersion(backend)).toBe('1.0.0');
    await api.call('POST', `/plugins/${GREETER}/rollback`);
    expect(await greeterVersion(backend)).toBe('2.0.0');
    await api.call('POST', `/plugins/${GREETER}/rollback`);
    await drop(backend, 'greeter', { version: '2.0.0', packageJson: { description: 'corrected' } });
    await backend.until(GREETER, 'running', '2.0.0');
    expect(await greeterVersion(backend)).toBe('2.0.0');
  });

  test('is not needed where the new drop fails at a restart: what ran last starts again, unless settings forbid it', async () => {
    const { home, backend } = await withGreeter('1.0.0');
    await backend.stop();
    await drop(backend, 'greeter', { version: '2.0.0', packageJson: { main: 'absent.cjs' } });
    const without = await startBackend({ home, dynamicPlugins: { lastGood: false } });
    await without.until(GREETER, 'rejected', '2.0.0');
    expect(await greeterVersion(without)).toBe(404);
    await without.stop();

    const second = await startBackend({ home });
    const shown = await second.until(GREETER, 'rejected', '2.0.0');
    expect(await greeterVersion(second)).toBe('1.0.0');
    expect(shown!.summary).toMatchObject({
      state: 'update-failed',
      runs: { version: '1.0.0' },
      refused: { version: '2.0.0', code: 'MAIN_MISSING' },
      nextStart: { why: 'last-good', version: '1.0.0' },
    });
  });

  test('is refused where nothing served before, or its copy is gone', async () => {
    const { backend, api } = await withGreeter('1.0.0');
    const none = await api.call('POST', `/plugins/${GREETER}/rollback`);
    expect(none).toMatchObject({ status: 409, body: { error: { code: 'ROLLBACK_IMPOSSIBLE' } } });
    await drop(backend, 'greeter', { version: '2.0.0' });
    const { loaded } = (await backend.until(GREETER, 'running', '2.0.0'))!;
    const staged = join(backend.stateDir, 'staged', GREETER);
    for (const copy of await readdir(staged)) {
      if (!copy.startsWith(loaded!.digest)) await rm(join(staged, copy), { recursive: true });
    }
    const gone = await api.call('POST', `/plugins/${GREETER}/rollback`);
    expect(gone).toMatchObject({ status: 409, body: { error: { code: 'ROLLBACK_IMPOSSIBLE' } } });
    expect(await greeterVersion(backend)).toBe('2.0.0');
  });
});

test('every operation works on a plugin in a process of its own', async () => {
  const backend = await startBackend({ dynamicPlugins: { isolation: 'process' } });
  for (const version of ['1.0.0', '2.0.0']) {
    await drop(backend, 'greeter', { version });
    await backend.until(GREETER, 'running', version);
  }
  const { call } = await adminApi(backend);
  const finished = async (kind: string): Promise<void> => {
    const { body } = await call<Done>('POST', `/plugins/${GREETER}/${kind}`);
    await waitFor(`${kind} to be done`, async () => {
      const { status } = (await call<Done['operation']>('GET', `/operations/${body.operation.id}`)).body;
      return status === 'succeeded';
    });
  };
  await finished('rollback');
  expect(await greeterVersion(backend)).toBe('1.0.0');
  const { pid } = (await backend.until(GREETER, 'running'))!.process!;
  await finished('reload');
  expect((await backend.until(GREETER, 'running'))!.process!.pid).not.toBe(pid);
  await finished('disable');
  expect(await greeterVersion(backend)).toBe(404);
  expect((await backend.until(GREETER, 'disabled'))!.process).toBeUndefined();
  await finished('enable');
  expect(await greeterVersion(backend)).toBe('1.0.0');
});

describe('a quarantined bundle', () => {
  /** A portal started on a state file that holds the greeter in quarantine. */
  async function quarantined() {
    const { home, backend } = await withGreeter('1.0.0');
    const { digest } = (await backend.until(GREETER, 'running'))!;
    await backend.stop();
    const file = join(backend.stateDir, 'plugins.json');
    const content = JSON.parse(await readFile(file, 'utf8')) as { plugins: Record<string, object> };
    content.plugins[GREETER] = { quarantined: { since: new Date().toISOString(), digest, message: 'It fell over.' } };
    await writeFile(file, JSON.stringify(content));
    const second = await startBackend({ home });
    const status = await second.until(GREETER, 'quarantined');
    expect(status).toMatchObject({ code: 'PLUGIN_QUARANTINED', message: 'It fell over.' });
    expect(status!.hint).toContain('/reload');
    expect(await greeterVersion(second)).toBe(404);
    return second;
  }

  test('stays away after a restart until an operator reloads it', async () => {
    const backend = await quarantined();
    const { body } = await (await adminApi(backend)).call<Done>('POST', `/plugins/${GREETER}/reload`);
    expect(body.plugin.state).toBe('running');
    expect(await greeterVersion(backend)).toBe('1.0.0');
  });

  test('is released by a drop with other content', async () => {
    const backend = await quarantined();
    await drop(backend, 'greeter', { packageJson: { description: 'corrected' } });
    await backend.until(GREETER, 'running', '1.0.0');
    expect(await greeterVersion(backend)).toBe('1.0.0');
  });
});

describe('a portal that shuts down', () => {
  test('takes no operations any more', async () => {
    const { backend, api } = await withGreeter('1.0.0');
    const { answer, release } = await holdRequest(backend);
    const stopped = backend.stop();
    const refused = await waitFor('an operation to be refused', async () => {
      const response = await api.call('POST', `/plugins/${GREETER}/reload`);
      return response.status === 503 && response;
    });
    expect(refused).toMatchObject({ status: 503, body: { error: { code: 'PORTAL_STOPPING' } } });
    release();
    expect((await answer).status).toBe(200);
    await stopped;
  });
});

describe('the state file', () => {
  test('that is damaged is put aside, and the portal starts', async () => {
    const { home, backend, api } = await withGreeter('1.0.0');
    await api.call('POST', `/plugins/${GREETER}/disable`);
    await backend.stop();
    const file = join(backend.stateDir, 'plugins.json');
    await writeFile(file, '{"format": 1, "plugins": {"greeter-dynamic": {"disabled": true}}}');
    const second = await startBackend({ home });
    await second.until(GREETER, 'running');
    expect(second.logs.join('\n')).toContain('STATE_FILE_DAMAGED');
    expect(await readdir(backend.stateDir)).toContain('plugins.json.damaged');
  });

  test('that cannot be written keeps an operation from being done', async () => {
    const { backend, api } = await withGreeter('1.0.0');
    const file = join(backend.stateDir, 'plugins.json');
    await rm(file);
    await mkdir(join(file, 'in the way'), { recursive: true });
    const refused = await api.call('POST', `/plugins/${GREETER}/disable`);
    expect(refused).toMatchObject({ status: 500, body: { error: { code: 'STATE_UNWRITABLE' } } });
    expect(await greeterVersion(backend)).toBe('1.0.0');
    await drop(backend, 'greeter', { version: '2.0.0' });
    await backend.until(GREETER, 'running', '2.0.0');
  });
});
