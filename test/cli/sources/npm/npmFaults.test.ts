import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { serve } from '../../../support/serve';
import { tempDir } from '../../../support/tempDir';
import { resolvePackage } from '../sourceSupport';

test.each([
  ['wants to be paid', 402],
  ['may not give it away', 451],
])('is FETCH_FAILED from a registry that %s', async (_, status) => {
  const asked: Array<string | undefined> = [];
  const registry = await serve((request, response) => {
    asked.push(request.url);
    response.writeHead(status).end('{}');
  });
  const cwd = await tempDir();
  await writeFile(join(cwd, '.npmrc'), `registry=${registry}/\n`);
  await expect(resolvePackage({ package: 'x' }, { cwd })).rejects.toMatchObject({
    code: 'FETCH_FAILED',
    message: expect.stringContaining(`${registry}/x answers ${status}`) as string,
  });
  expect(asked).toEqual(['/x']);
});
