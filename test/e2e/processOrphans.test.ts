import { describe, expect, test } from 'vitest';
import { FAULTY } from '../support/faulty';
import { drop } from '../support/greeter';
import { startPortal } from '../support/portal';
import { untilState } from '../support/portalPlugins';
import { isRunning, pluginProcesses, processesBelow, processorTime } from '../support/processes';
import { waitFor } from '../support/waitFor';

describe('a portal with a plugin in a process of its own', () => {
  test.each([
    ['idle', undefined, false],
    ['confined, in an endless loop', 'loop', true],
  ])('that is killed leaves no process behind, be the plugin %s', async (_what, fault, permissionModel) => {
    const dynamicPlugins = { isolation: 'process', process: { permissionModel } };
    const portal = await startPortal({ config: { dynamicPlugins } });
    await drop(portal, 'faulty');
    await untilState(portal, FAULTY, 'running');
    const [pid, ...others] = await pluginProcesses(portal.pid);
    expect(others).toEqual([]);
    const grandchild = permissionModel ? undefined : await portal.fetch('/api/faulty/grandchild');
    const started = ((await grandchild?.json()) as { pid: number } | undefined)?.pid;
    if (fault) portal.fetch(`/api/faulty/${fault}`).catch(() => {});
    const before = await processorTime(pid!);
    if (fault) await waitFor('the plugin to loop', async () => (await processorTime(pid!)) > before + 30);
    await portal.stop('SIGKILL');
    for (const each of [pid, started]) {
      if (each !== undefined) await expect.poll(() => isRunning(each)).toBe(false);
    }
  });

  test('that is killed leaves neither a blocked plugin nor its daemon, even if the watchdog was killed before', async () => {
    const portal = await startPortal({ config: { dynamicPlugins: { isolation: 'process' } } });
    await drop(portal, 'faulty');
    await untilState(portal, FAULTY, 'running');
    const [first] = await watchdogs(portal.pid);
    process.kill(first!, 'SIGKILL');
    await waitFor('another watchdog', async () => (await watchdogs(portal.pid)).some((pid) => pid !== first));
    expect(portal.logs()).toMatch(/ends plugins when the portal is killed has ended \(SIGKILL\)/);
    const [pid] = await pluginProcesses(portal.pid);
    const daemon = ((await (await portal.fetch('/api/faulty/daemon')).json()) as { pid: number }).pid;
    portal.fetch('/api/faulty/loop').catch(() => {});
    const before = await processorTime(pid!);
    await waitFor('the plugin to loop', async () => (await processorTime(pid!)) > before + 30);
    const last = await watchdogs(portal.pid);
    await portal.stop('SIGKILL');
    for (const each of [pid!, daemon, ...last]) await expect.poll(() => isRunning(each)).toBe(false);
  });

  test('ends with it in order, shutdown hooks and all, when it is asked to', async () => {
    const portal = await startPortal({ config: { dynamicPlugins: { isolation: 'process' } } });
    await drop(portal, 'greeter');
    await untilState(portal, 'greeter-dynamic', 'running');
    const [pid] = await pluginProcesses(portal.pid);
    expect(await portal.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(portal.logs()).toContain('greeter 1.0.0 has stopped');
    expect(isRunning(pid!)).toBe(false);
  });
});

/** The processes that outlive a portal to end its plugins; one at a time. */
async function watchdogs(portalPid: number): Promise<number[]> {
  const below = await processesBelow(portalPid);
  return below.filter(({ command }) => command.includes('/process/watchdog/main.cjs.js')).map(({ pid }) => pid);
}
