import { generateKeyPairSync } from 'node:crypto';
import { chmod, lstat, mkdir, readFile, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { create } from 'tar';
import { describe, expect, test } from 'vitest';
import { startBackend } from '../../support/backend';
import { adminApi } from '../../support/adminApi';
import { fixtureBundle } from '../../support/bundles';
import { GREETER } from '../../support/greeter';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';

const ROWS = 'backstage-plugin-stores-rows-backend-dynamic';

/** The permissions of everything below a folder, links aside, by path. */
async function modesBelow(dir: string): Promise<Map<string, number>> {
  const modes = new Map<string, number>();
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (!entry.isSymbolicLink()) modes.set(path, (await lstat(path)).mode & 0o7777);
    if (entry.isDirectory()) for (const [below, mode] of await modesBelow(path)) modes.set(below, mode);
  }
  return modes;
}

/** A bundle with a program that is run as its owner, whoever runs it, and a file that everybody may write. */
async function bundle(fixture: string): Promise<string> {
  const files = { 'tool.sh': '#!/bin/sh\n', 'shared.txt': 'x' };
  const dir = await fixtureBundle(await tempDir(), fixture, { files });
  await chmod(join(dir, 'tool.sh'), 0o6755);
  await chmod(join(dir, 'shared.txt'), 0o666);
  await chmod(dir, 0o2777);
  return dir;
}

async function archive(dir: string, file: string): Promise<void> {
  await create({ file, gzip: true, cwd: dir, prefix: 'package' }, ['.']);
}

describe('permissions that a bundle comes with', () => {
  test('are not kept, but for the one to run a file; the state directory is for the portal alone', async () => {
    const backend = await startBackend();
    await rename(await bundle('greeter'), join(backend.root, 'greeter'));
    await archive(await bundle('stores-rows'), join(backend.root, 'rows.tgz'));
    await backend.until(GREETER, 'running');
    await backend.until(ROWS, 'running');
    const { call } = await adminApi(backend);
    await archive(await bundle('streams'), join(backend.stateDir, '..', 'streams.tgz'));
    await call('POST', '/plugins', { body: await readFile(join(backend.stateDir, '..', 'streams.tgz')) });
    const staged = await modesBelow(join(backend.stateDir, 'staged'));
    const named = (name: string) => [...staged].filter(([path]) => path.endsWith(`/${name}`)).map(([, mode]) => mode);
    expect(named('tool.sh')).toEqual([0o755, 0o755, 0o755]);
    expect(named('shared.txt')).toEqual([0o644, 0o644, 0o644]);
    expect([...staged.values()].filter((mode) => mode !== 0o644 && mode !== 0o755)).toEqual([]);
    expect((await lstat(backend.stateDir)).mode & 0o7777).toBe(0o700);
    expect((await lstat(join(backend.root, 'streams-dynamic.tgz'))).mode & 0o7777).toBe(0o644);
  });

  test('do not lie about in a copy of what was refused', async () => {
    const home = await tempDir();
    const { publicKey } = generateKeyPairSync('ed25519');
    const key = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    await mkdir(join(home, 'root'));
    await rename(await bundle('greeter'), join(home, 'root', 'greeter'));
    const backend = await startBackend({
      home,
      dynamicPlugins: { signatures: { mode: 'require', trustedKeys: [key] } },
    });
    await backend.until(GREETER, 'rejected');
    const staged = join(backend.stateDir, 'staged', GREETER);
    await waitFor('no copy', async () => (await readdir(staged).catch(() => [])).length === 0);
    // A reload makes another, and comes to the same.
    const { call } = await adminApi(backend);
    const answer = await call<{ error: { code: string } }>('POST', `/plugins/${GREETER}/reload`);
    expect(answer.body.error.code).toBe('SIGNATURE_MISSING');
  });
});
