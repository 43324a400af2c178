import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tempDir } from '../../support/tempDir';
import { stagedoor } from '../export/exportSupport';

const SUBJECT = 'dynamicPlugins.process';

/** What `stagedoor doctor` says of a portal with these settings: the lines about processes, and whether it warns of them. */
async function examined(settings: Record<string, unknown>): Promise<{ users: string | undefined; warns: boolean }> {
  const dir = await tempDir();
  await mkdir(join(dir, 'plugins'));
  const config = { dynamicPlugins: { rootDirectory: 'plugins', ...settings } };
  await writeFile(join(dir, 'app-config.yaml'), JSON.stringify(config));
  const { code, stdout } = await stagedoor(dir, 'doctor');
  expect(code).toBe(0);
  const lines = stdout.split('\n');
  const limits = lines.filter((line) => /^not limited .*: ports .*native code/.test(line));
  const users = lines.find((line) => line.startsWith('plugins in processes run as: '));
  expect(limits).toHaveLength(users ? 1 : 0);
  return { users: users?.split(': ')[1], warns: lines.some((line) => line.startsWith(`warning: ${SUBJECT}: `)) };
}

describe('stagedoor doctor', () => {
  test.each<[settings: Record<string, unknown>, users: string | undefined, warns: boolean]>([
    [{}, undefined, false],
    [{ isolation: 'process' }, 'the user of the portal', true],
    [{ isolation: 'process', process: { permissionModel: true } }, 'the user of the portal', false],
    [
      {
        isolation: 'process',
        process: { permissionModel: true },
        plugins: { one: { isolation: 'process', permissionModel: false } },
      },
      'the user of the portal',
      true,
    ],
    [{ plugins: { one: { isolation: 'process' } } }, 'the user of the portal', true],
    [{ plugins: { one: { isolation: 'process', permissionModel: true } } }, 'the user of the portal', false],
    [
      { isolation: 'process', process: { users: { from: 20_000 } } },
      'users 20000 to 20999, one for each plugin',
      false,
    ],
    [
      { isolation: 'process', process: { users: { from: 20_000, count: 5 } } },
      'users 20000 to 20004, one for each plugin',
      false,
    ],
  ])(
    'says under which users plugins run, and warns where that is the portal and nothing confines them: %j',
    async (settings, users, warns) => {
      expect(await examined(settings)).toEqual({ users, warns });
    },
  );
});
