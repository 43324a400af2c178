import { expect, onTestFinished, test } from 'vitest';
import { startProcess } from '../support/childProcess';
import { GREETER, drop } from '../support/greeter';
import { startPortal } from '../support/portal';
import { untilState } from '../support/portalPlugins';
import { pluginProcesses } from '../support/processes';
import { unprivileged } from '../support/unprivileged';

test('A portal of a plain user that is to give plugins users of their own runs, and starts none in a process', async () => {
  const portal = await startPortal({
    config: { dynamicPlugins: { isolation: 'process', process: { users: { from: 44_000 } } } },
    start: (program, args, options) => {
      const [first, ...rest] = [...unprivileged(), program, ...args];
      return startProcess(first!, rest, options);
    },
  });
  onTestFinished(async () => void (await portal.stop()));
  await drop(portal, 'greeter');
  expect(await untilState(portal, GREETER, 'rejected')).toMatchObject({ code: 'PROCESS_USER_UNAVAILABLE' });
  expect(await pluginProcesses(portal.pid)).toEqual([]);
});
