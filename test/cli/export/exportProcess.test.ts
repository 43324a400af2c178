import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProcess, startProcess } from '../../support/childProcess';
import { isRunning, processesBelow } from '../../support/processes';
import { repository } from '../../support/repository';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';
import { bin, filesOf, fixturePackage } from './exportSupport';

const hello = join(repository, 'examples/hello-dynamic-backend');

describe('An export that is interrupted', () => {
  it.each([
    ['SIGINT', 'bundle', 'all of a terminal'],
    ['SIGINT', 'start check', 'all of a terminal'],
    ['SIGINT', 'start check', 'the process alone'],
    ['SIGTERM', 'bundle', 'the process alone'],
    ['SIGTERM', 'start check', 'the process alone'],
  ] as const)(
    'by %s at the step %s, sent to %s, ends with 130 and leaves nothing behind',
    async (signal, step, whom) => {
      // It never starts: no signal comes too late.
      const dir = await fixturePackage('hangs-in-init');
      const temporary = await tempDir();
      const before = await filesOf(dir);
      const child = startProcess(process.execPath, [bin, 'export'], {
        cwd: dir,
        env: { TMPDIR: temporary },
        detached: true,
      });
      await waitFor(`the step ${step}`, async () => child.stderr().includes(`${step} `));
      const started = await processesBelow(child.pid);
      process.kill(whom === 'all of a terminal' ? -child.pid : child.pid, signal);
      expect(await child.exited).toEqual({ code: 130, signal: null });
      expect(child.stderr()).not.toMatch(/error|exported/);
      expect(await filesOf(dir)).toEqual(before);
      expect((await readdir(dir)).filter((name) => name.startsWith('.'))).toEqual([]);
      expect(await readdir(temporary)).toEqual([]);
      await waitFor('its children to end', async () => started.every(({ pid }) => !isRunning(pid)));
    },
  );
});

describe('export-dynamic', () => {
  it('is there for npm scripts of a plugin package and exports it', async () => {
    const out = join(await tempDir(), 'bundle');
    const { code, stderr } = await runProcess('npm', ['run', 'export-dynamic', '--', '--out', out], { cwd: hello });
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('opened    /api/hello/ping (unauthenticated)');
    const files = await filesOf(out);
    expect(files).toContain('migrations/20260801000000_things.js');
    const schema = JSON.parse(await readFile(join(out, 'dist/.config-schema.json'), 'utf8')) as object;
    expect(schema).toMatchObject({
      backstageConfigSchemaVersion: 1,
      schemas: [
        {
          packageName: '@stagedoor/hello-dynamic-backend',
          path: '@stagedoor/hello-dynamic-backend/config.d.ts',
          value: { properties: { hello: { properties: { greeting: { type: 'string', visibility: 'backend' } } } } },
        },
      ],
    });
  });
});
