import { lockFolder } from '@stagedoor/bundle';
import { mkdir, readFile, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { claim, topClaim, waitingClaims, type ClaimFileSystem } from '../../../bundle/src/lock/claims';
import { formatHolder, ownHolder } from '../../../bundle/src/lock/holder';
import { startProcess } from '../../support/childProcess';
import { runWithMounts } from '../../support/mountNamespace';
import { repository } from '../../support/repository';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';
import { NEVER, SHORT, holder, innerPid, otherHost, says, type Place } from './lockSupport';

let folder: string;

beforeEach(async () => {
  folder = join(await tempDir(), 'lock');
});

const taken = (_: unknown, reason: string): never => Object.assign(new Error(reason), { code: reason }) as never;

describe('Between processes of one machine', () => {
  const places: Array<[string, Place, Place]> = [
    ['process', 'here', 'here'],
    ['container, asked from outside', 'container', 'here'],
    ['process, asked from a container', 'here', 'container'],
    ['container, asked from another one', 'container', 'container'],
  ];
  test.each(places)('a %s keeps the lock while it stands still, and loses it at once when it dies.', async (...row) => {
    const [, place, other] = row;
    const first = holder(folder, { times: SHORT }, place);
    await says(first, 'held');
    const pid = place === 'container' ? await innerPid(first) : first.pid;
    process.kill(pid, 'SIGSTOP');
    await sleep(3 * SHORT.leaseMs);
    expect((await holder(folder, { times: SHORT }, other).exited).code).toBe(3);
    const waiting = holder(folder, { times: NEVER, patienceMs: 600_000 }, other);
    await sleep(200);
    expect(waiting.stdout()).toBe('');
    await first.stop('SIGKILL');
    await says(waiting, 'held');
  });

  test('the lock goes at once to others when it is released, and leaves nothing but its number.', async () => {
    const lock = await lockFolder(folder, { taken, times: NEVER });
    await lock.assertHeld();
    await expect(lockFolder(folder, { taken, times: NEVER })).rejects.toMatchObject({ code: 'held' });
    await lock.release();
    const again = await lockFolder(folder, { taken, times: NEVER });
    await again.release();
    expect(await readdir(folder)).toEqual([expect.stringMatching(/^\d+$/)]);
  });

  test('a process that has ended and that its parent has not noticed is dead.', async () => {
    const script = `"$@" & echo "pid $!"; exec sleep 600`;
    const fixture = join(repository, 'test/fixtures/lock/holder.cjs');
    const options = JSON.stringify({ times: NEVER });
    const parent = startProcess('sh', ['-c', script, 'sh', process.execPath, fixture, folder, options]);
    onTestFinished(async () => void (await parent.stop('SIGKILL')));
    await says(parent, 'held');
    process.kill(Number(/pid (\d+)/.exec(parent.stdout())![1]), 'SIGKILL');
    await says(holder(folder, { times: NEVER, patienceMs: 600_000 }), 'held');
  });

  test('a process that has got the number of the holder does not hold the lock.', async () => {
    await mkdir(folder);
    await symlink(formatHolder({ ...ownHolder(folder, 'abc'), started: '1' }), join(folder, '7'));
    await (await lockFolder(folder, { taken, times: NEVER })).release();
    expect(await readdir(folder)).toEqual(['9']);
  });
});

describe('Between machines that share a volume', () => {
  test('a holder that renews the lock keeps it, whatever the clocks say, and one that dies loses it after the lease.', async () => {
    const times = { ...SHORT, leaseMs: 1500 };
    const first = holder(folder, { times, clockAheadMs: -86_400_000 }, await otherHost());
    await says(first, 'held');
    const waiting = holder(folder, { times, clockAheadMs: 86_400_000, patienceMs: 600_000 }, await otherHost());
    expect((await holder(folder, { times }).exited).code).toBe(3);
    await sleep(2 * times.leaseMs);
    expect(waiting.stdout()).toBe('');
    const killed = Date.now();
    await first.stop('SIGKILL');
    await says(waiting, 'held');
    expect(Date.now() - killed).toBeGreaterThan(1000);
  });

  test('a holder that stood still and lost the lock hears of it, and can put nothing in place any more.', async () => {
    const first = holder(folder, { times: SHORT }, await otherHost());
    await says(first, 'held');
    process.kill(first.pid, 'SIGUSR2');
    await says(first, 'written');
    process.kill(first.pid, 'SIGSTOP');
    const second = holder(folder, { times: SHORT }, await otherHost());
    await says(second, 'held');
    process.kill(second.pid, 'SIGUSR2');
    await says(second, 'written');
    process.kill(first.pid, 'SIGUSR2');
    process.kill(first.pid, 'SIGCONT');
    await says(first, 'not written: lost');
    await says(first, 'lost');
    expect(await readFile(join(folder, '../value'), 'utf8')).toBe(String(second.pid));
  });

  test('a lock from before a restart of the machine is taken over after the lease, even if its holder seems to run.', async () => {
    await mkdir(folder);
    const own = ownHolder(folder, 'abc');
    await symlink(formatHolder({ ...own, namespace: 'earlier', volume: 'earlier' }), join(folder, '7'));
    const began = Date.now();
    await (await lockFolder(folder, { taken, times: SHORT })).release();
    expect(Date.now() - began).toBeGreaterThanOrEqual(SHORT.leaseMs);
  });

  test('no turn is lost when many processes take the lock by turns, on several machines, and some are killed.', async () => {
    const counting = join(repository, 'test/fixtures/lock/counting.cjs');
    const command = [process.execPath, counting, folder, JSON.stringify({ ...SHORT, leaseMs: 1500 })];
    const mounted = ['-c', 'mount --bind "$1" /proc/sys/kernel/random/boot_id; shift; exec "$@"', 'sh'];
    const hosts = await Promise.all([otherHost(), otherHost()]);
    const start = (turns: number, host?: { bootId: string }) => {
      const args = [...command, String(turns)];
      const child = host
        ? startProcess('unshare', ['--mount', 'sh', ...mounted, host.bootId, ...args])
        : startProcess(args[0]!, args.slice(1));
      onTestFinished(async () => void (await child.stop('SIGKILL')));
      return child;
    };
    const children = [start(15), start(15), ...hosts.flatMap((host) => [start(15, host), start(15, host)])];
    const killed = [start(1000), start(1000, hosts[0])];
    for (const child of killed) {
      await waitFor('a sum', async () => child.stdout().includes('\n'));
      await child.stop('SIGKILL');
    }
    for (const child of children) expect((await child.exited).code, child.output()).toBe(0);
    const sums = [...children, ...killed].flatMap((child) => child.stdout().trim().split('\n').map(Number));
    expect(new Set(sums).size).toBe(sums.length);
    const count = Number(await readFile(join(folder, '../count'), 'utf8'));
    // A process that is killed right after it has written a sum does not say so any more.
    expect(count - sums.length).toBeLessThanOrEqual(killed.length);
    expect(Math.max(...sums)).toBeLessThanOrEqual(count);
  });
});

test('Who acts on an old list of the folder, as a network volume shows it, does not get the lock.', async () => {
  await mkdir(folder);
  const old: ClaimFileSystem = { ...waitingClaims, readdir: async () => ['3'], readlink: async () => 'free' };
  for (const number of [3, 4, 5, 6]) await claim(waitingClaims, folder, { number, text: 'holder' });
  for (const number of [3, 4, 5]) await waitingClaims.unlink(join(folder, String(number)));
  const { number } = await topClaim(old, folder);
  expect(await claim(waitingClaims, folder, { number: number + 1, text: 'late' })).toBeUndefined();
  expect(await claim(waitingClaims, folder, { number: 6, text: 'late' })).toBeUndefined();
  // What was done is also known when the answer was lost.
  expect(await claim(waitingClaims, folder, { number: 6, text: 'holder' })).toEqual(['6']);
  expect(await readdir(folder)).toEqual(['6']);
});

test('A volume that is full or read-only refuses the lock and keeps nothing of it, and does not end a lock that is held.', async () => {
  const fixture = join(repository, 'test/fixtures/lock/holder.cjs');
  const script = `
    mount -t tmpfs -o size=1m,nr_inodes=30 tmpfs "$1"
    "$2" "$3" "$1/held/lock" '{"times": {"renewMs": 50, "leaseMs": 500, "pollMs": 20}}' > "$1/out" & holder=$!
    trap 'kill -KILL $holder 2>&- || true' EXIT
    until grep -q held "$1/out"; do sleep 0.1; done
    # Until the end: the holder may just have had one of them for a moment, however slow the machine is.
    (i=0; while :; do i=$((i + 1)); touch "$1/fill$i" 2>&- || true; sleep 0.01; done) & filler=$!
    sleep 2; kill -USR2 $holder; sleep 0.5
    timeout 60 "$2" "$3" "$1/lock" '{}' || echo "ended with $?"
    kill $filler; wait $filler 2>&- || true; rm "$1"/fill*; kill -USR2 $holder; sleep 0.5; kill -TERM $holder; wait $holder
    cat "$1/out"
    mount -o remount,ro "$1"
    "$2" "$3" "$1/held/lock" '{}' || echo "ended with $?"
    ls -A "$1" "$1"/held/lock`;
  const { stdout, stderr } = await runWithMounts(script, [await tempDir(), process.execPath, fixture]);
  const lines = stdout.split('\n').map((line) => line.replace(/, (mkdir|open|symlink) .*/, ''));
  expect(lines, stderr).toEqual([
    'refused: ENOSPC: no space left on device',
    'ended with 1',
    'held',
    'not written: ENOSPC',
    'written',
    'refused: EROFS: read-only file system',
    'ended with 1',
    expect.stringMatching(/:$/),
    ...['held', 'out', '', expect.stringMatching(/held.lock:$/), expect.stringMatching(/^\d+$/), ''],
  ]);
});
