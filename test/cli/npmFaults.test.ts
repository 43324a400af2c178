import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import nock from 'nock';
import { afterEach, expect, it } from 'vitest';
import { tempDir } from '../support/tempDir';
import { resolvePackage } from './sourceSupport';

afterEach(() => nock.cleanAll());

it.each([
  ['is busy, once, after the time that it names', 429, 200, undefined],
  ['is out of order, once', 502, 200, undefined],
  ['wants to be paid', 402, 402, 'FETCH_FAILED'],
  ['may not give it away', 451, 451, 'FETCH_FAILED'],
])('comes, or is FETCH_FAILED, from a registry that %s', async (_, first, then, code) => {
  // Connections are kept, those that are faked too: each case has a host of its own.
  const host = `http://npm-${first}.example`;
  const manifest = {
    name: 'x',
    version: '1.0.0',
    dist: { tarball: `${host}/x.tgz`, integrity: 'sha512-AA' },
  };
  const body = { name: 'x', 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': manifest } };
  const asked = nock(host).get('/x').reply(first, {}, { 'retry-after': '0' }).get('/x').reply(then, body);
  const cwd = await tempDir();
  const settings = [`registry=${host}/`, 'fetch-retry-mintimeout=10', 'fetch-retry-maxtimeout=50'];
  await writeFile(join(cwd, '.npmrc'), [...settings, `cache=${join(cwd, 'cache')}`, ''].join('\n'));
  const resolving = resolvePackage({ package: 'x' }, { cwd });
  if (code)
    await expect(resolving).rejects.toMatchObject({
      code,
      message: expect.stringContaining(String(first)) as string,
    });
  else await expect(resolving).resolves.toMatchObject({ version: '1.0.0' });
  expect(asked.pendingMocks()).toHaveLength(code ? 1 : 0);
});
