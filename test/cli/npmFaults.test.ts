import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import nock from 'nock';
import { afterEach, expect, it } from 'vitest';
import { tempDir } from '../support/tempDir';
import { resolvePackage } from './sourceSupport';

afterEach(() => nock.cleanAll());

it.each([
  ['wants to be paid', 402],
  ['may not give it away', 451],
])('is FETCH_FAILED from a registry that %s', async (_, status) => {
  // Connections are kept, those that are faked too: each case has a host of its own.
  const host = `http://npm-${status}.example`;
  const asked = nock(host).get('/x').reply(status, {});
  const cwd = await tempDir();
  const settings = [`registry=${host}/`, 'fetch-retry-mintimeout=10', 'fetch-retry-maxtimeout=50'];
  await writeFile(join(cwd, '.npmrc'), [...settings, `cache=${join(cwd, 'cache')}`, ''].join('\n'));
  const resolving = resolvePackage({ package: 'x' }, { cwd });
  await expect(resolving).rejects.toMatchObject({
    code: 'FETCH_FAILED',
    message: expect.stringContaining(String(status)) as string,
  });
  expect(asked.pendingMocks()).toEqual([]);
});
