import { readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startBackend } from '../support/backend';
import { fixtureBundle } from '../support/bundles';
import { rawRequest } from '../support/rawRequest';
import { PAGE, REMOTES, ENTRY, FOR_GOOD, drop } from './page';

describe('The files of a remote', () => {
  test('are cached for good where their names tell their content, and asked for again where not', async () => {
    const backend = await startBackend();
    await drop(backend);
    await backend.until(PAGE, 'running');
    const script = await backend.get(`${REMOTES}/${PAGE}/${ENTRY}`);
    expect([script.status, script.headers.get('cache-control')]).toEqual([200, FOR_GOOD]);
    expect(script.headers.get('content-type')).toMatch(/javascript/);
    expect(await script.text()).toBe('// entry\n');
    const manifest = await backend.get(`${REMOTES}/${PAGE}/mf-manifest.json`);
    expect([manifest.status, manifest.headers.get('cache-control')]).toEqual([200, 'no-cache']);
    const etag = manifest.headers.get('etag')!;
    const port = Number(new URL(backend.url).port);
    const target = `${REMOTES}/${PAGE}/mf-manifest.json`;
    const again = await rawRequest(port, { target, headers: { 'if-none-match': etag } });
    expect([again.status, again.body]).toEqual([304, '']);
    const head = await fetch(`${backend.url}${REMOTES}/${PAGE}/${ENTRY}`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '9']);
  });

  test('of the build before are there for pages that are open, and its manifest is not', async () => {
    const backend = await startBackend();
    await drop(backend);
    await backend.until(PAGE, 'running', '1.0.0');
    await drop(backend, {
      version: '2.0.0',
      files: { 'dist/static/2.bbbbbbbbbbbbbbbb.js': '', 'dist/other.json': '{}' },
    });
    await backend.until(PAGE, 'running', '2.0.0');
    await drop(backend, { version: '3.0.0' });
    await backend.until(PAGE, 'running', '3.0.0');
    expect((await backend.get(`${REMOTES}/${PAGE}/static/2.bbbbbbbbbbbbbbbb.js`)).status).toBe(200);
    expect((await backend.get(`${REMOTES}/${PAGE}/other.json`)).status).toBe(404);
    await drop(backend, { version: '4.0.0' });
    await backend.until(PAGE, 'running', '4.0.0');
    expect((await backend.get(`${REMOTES}/${PAGE}/static/2.bbbbbbbbbbbbbbbb.js`)).status).toBe(404);
  });

  test('that are no longer what the manifest says are not served', async () => {
    const backend = await startBackend();
    await drop(backend);
    await backend.until(PAGE, 'running');
    const copies = join(backend.stateDir, 'staged/page-dynamic');
    const staged = join(copies, (await readdir(copies))[0]!);
    await writeFile(join(staged, 'dist', ENTRY), 'alert(1)');
    const response = await backend.get(`${REMOTES}/${PAGE}/${ENTRY}`);
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([500, 'DIGEST_MISMATCH']);
    await writeFile(join(staged, 'dist/added.js'), 'alert(1)');
    expect((await backend.get(`${REMOTES}/${PAGE}/added.js`)).status).toBe(404);
  });

  test.each([true, false])(
    'are those of its dist folder, whatever the path (bundle with our manifest: %s)',
    async (sealed) => {
      const backend = await startBackend();
      await drop(backend, { sealed });
      await backend.until(PAGE, 'running');
      const port = Number(new URL(backend.url).port);
      for (const path of [
        '../outside.json',
        '..%2foutside.json',
        '%2e%2e/outside.json',
        '..%5coutside.json',
        '..\\outside.json',
        'static/../../outside.json',
        'static/..%2f..%2foutside.json',
        './../outside.json',
        '/outside.json',
        '//etc/passwd',
        '%2fetc%2fpasswd',
        '../package.json',
        '.hidden',
        '%2ehidden',
        'static',
        'static/',
        '',
        'mf-manifest.json%00.js',
        'mf-manifest.json/x',
        '%',
        `../${PAGE}/../outside.json`,
      ]) {
        const { status, text } = await rawRequest(port, { target: `${REMOTES}/${PAGE}/${path}` });
        expect([path, status >= 400 && status < 500], text).toEqual([path, true]);
        expect(text).not.toContain('secret');
      }
      expect((await rawRequest(port, { target: `${REMOTES}/${PAGE}/${ENTRY}` })).status).toBe(200);
      expect((await rawRequest(port, { method: 'POST', target: `${REMOTES}/${PAGE}/${ENTRY}` })).status).toBe(404);
    },
  );

  test('are no links to what lies elsewhere', async () => {
    const backend = await startBackend();
    const dir = await fixtureBundle(join(backend.root, '.new'), 'page', { sealed: false });
    await symlink('/etc/hostname', join(dir, 'dist/hostname.txt'));
    await symlink('../outside.json', join(dir, 'dist/inside.json'));
    await rename(dir, join(backend.root, 'page'));
    expect((await backend.until('page', 'rejected'))!.code).toBe('ARCHIVE_UNSAFE');
    expect((await backend.get(`${REMOTES}/${PAGE}/hostname.txt`)).status).toBe(404);
  });
});
