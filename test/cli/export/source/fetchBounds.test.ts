import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { fetchPackage } from '../../../../cli/src/export/source/fetchPackage';
import { tempDir } from '../../../support/tempDir';

const MIB = 1024 * 1024;

test.each([
  ['hangs', 'setInterval(() => {}, 1000);', { timeoutMs: 300, memoryBytes: 1024 * MIB }, '0.3 s'],
  [
    'fills the memory',
    'const held = []; setInterval(() => held.push(Buffer.alloc(20 * 1024 * 1024, 1)), 50);',
    { timeoutMs: 60_000, memoryBytes: 200 * MIB },
    '209715200 bytes of memory',
  ],
])('An npm that %s is ended, and nothing is left of it', async (_, program, limits, limit) => {
  const [cwd, temporary] = [await tempDir(), await tempDir()];
  await writeFile(join(cwd, 'npm-cli.js'), program);
  vi.stubEnv('npm_execpath', join(cwd, 'npm-cli.js'));
  vi.stubEnv('TMPDIR', temporary);
  try {
    const fetching = fetchPackage({ name: 'x', range: '1.0.0' }, cwd, [], undefined, limits);
    await expect(fetching).rejects.toMatchObject({
      code: 'FETCH_FAILED',
      message: `npm was ended: it took more than ${limit} to install x@1.0.0.`,
      hint: expect.stringContaining(limit) as string,
    });
    expect(await readdir(temporary)).toEqual([]);
  } finally {
    vi.unstubAllEnvs();
  }
});
