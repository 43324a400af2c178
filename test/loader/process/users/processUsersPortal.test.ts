import { chmod, chown, copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Portal } from '../../../support/portal';
import { untilState } from '../../../support/portalPlugins';
import { isRunning, pluginProcesses } from '../../../support/processes';
import { dropRunsCode, packageOf, run } from '../../../support/runsCode';
import { describeSwitching, openHome, startSwitching } from '../../../support/userSwitching';

/** What the chart gives the portal, and nothing of what else root has. */
const CAPABILITIES = ['chown', 'dac_override', 'fowner', 'kill', 'setgid', 'setuid'];
const USERS = { from: 44_000, count: 20 };

/** Starts a portal with plugins in processes, by a command that another is put before. */
async function startUnder(before: string[], dir: string, settings: object): Promise<Portal> {
  const config = { dynamicPlugins: { isolation: 'process', process: settings } };
  const portal = await startSwitching(dir, { config, env: { PORTAL_SECRET: 'a-secret-of-the-portal' } }, before);
  onTestFinished(async () => void (await portal.stop()));
  return portal;
}

await describeSwitching('a portal that gives plugins users of their own', () => {
  test('needs the capabilities of the chart alone, and withstands plugins over its own death', async () => {
    const few = ['--no-new-privs', `--bounding-set=-all,${CAPABILITIES.map((name) => `+${name}`).join(',')}`, '--'];
    const dir = await openHome();
    // As the volumes of a pod are made.
    for (const name of ['dynamic-plugins-root', 'data', 'state']) {
      await mkdir(join(dir, name));
      await chmod(join(dir, name), 0o777);
    }
    let portal = await startUnder(['setpriv', ...few], dir, { users: USERS });
    for (const id of ['one', 'two']) await dropRunsCode(portal, id);
    const backend = { get: (path: string) => portal.fetch(path) };
    for (const id of ['one', 'two'])
      expect((await untilState(portal, packageOf(id), 'running')).process!.user).toBeGreaterThanOrEqual(USERS.from);
    const attacks = [
      "return require('fs').readFileSync(`/proc/${process.ppid}/environ`, 'latin1')",
      "return require('fs').readFileSync(`/proc/${process.ppid}/mem`)",
      "return process.kill(process.ppid, 'SIGUSR1')",
      "return process.kill(process.ppid, 'SIGKILL')",
      'process.setuid(0); return process.getuid()',
      `return require('fs').writeFileSync('${join(dir, 'dynamic-plugins-root', 'planted.tgz')}', '')`,
      `return require('fs').readFileSync('${join(dir, 'data', 'auth.sqlite')}').length`,
      `return require('fs').writeFileSync('${join(dir, 'data', 'auth.sqlite-journal')}', '')`,
      `return require('fs').readdirSync('${join(dir, 'state')}')`,
    ];
    for (const code of attacks) {
      expect({ code, answer: await run(backend, 'one', code) }).toEqual({
        code,
        answer: { code: expect.stringMatching(/^(EACCES|EPERM)$/) },
      });
    }
    const rights = "return require('fs').readFileSync('/proc/self/status', 'utf8').match(/^Cap(Prm|Eff|Amb):.*$/gm)";
    expect(await run(backend, 'one', rights)).toEqual({
      value: ['Prm', 'Eff', 'Amb'].map((set) => expect.stringMatching(`^Cap${set}:\\s0{16}$`)),
    });
    const left = await pluginProcesses(portal.pid);
    expect(left).toHaveLength(2);
    await portal.stop('SIGKILL');
    await expect.poll(() => left.filter(isRunning)).toEqual([]);

    portal = await startUnder(['setpriv', ...few], dir, { users: USERS });
    for (const id of ['one', 'two']) await untilState(portal, packageOf(id), 'running');
    expect(await run(backend, 'one', 'return process.getuid()')).toEqual({ value: expect.any(Number) });
    expect(await portal.stop()).toEqual({ code: 0, signal: null });
  });
});

await describeSwitching('the environment and memory of a portal', () => {
  const user = 45_000;
  const read = ['environ', 'maps'].map(
    (name) => `return require('fs').readFileSync('/proc/' + process.ppid + '/${name}', 'latin1')`,
  );

  test.each([
    ['may be read by plugins that run as its user', 0o755, { value: expect.any(String) as unknown }],
    ['may not where nobody may read its program, as in the image', 0o711, { code: 'EACCES' }],
  ])('%s', async (_what, mode, answer) => {
    const dir = await openHome();
    const node = join(dir, 'node');
    await copyFile(process.execPath, node);
    await chmod(node, mode);
    for (const name of ['dynamic-plugins-root', 'data', 'state']) {
      await mkdir(join(dir, name));
      await chown(join(dir, name), user, user);
    }
    const as = [`--reuid=${user}`, `--regid=${user}`, '--clear-groups', '--bounding-set=-all', '--'];
    // The shell puts its own Node in the place of that which runs the tests; setpriv itself would still read it as root.
    const before = ['setpriv', ...as, 'sh', '-c', `shift; exec ${node} "$@"`, 'sh'];
    const portal = await startUnder(before, dir, {});
    await dropRunsCode(portal, 'one');
    await untilState(portal, packageOf('one'), 'running');
    const backend = { get: (path: string) => portal.fetch(path) };
    for (const code of read) expect(await run(backend, 'one', code)).toEqual(answer);
    expect(await portal.stop()).toEqual({ code: 0, signal: null });
  });
});
