import { describe, expect, test } from 'vitest';
import { RestartPolicy } from '../../../loader/src/process/restartPolicy';
import { Supervisor, type Clock, type Supervision } from '../../../loader/src/process/supervisor';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Time that passes when a test says so. */
function fakeClock(): Clock & { pass(ms: number): Promise<void> } {
  let now = 0;
  const timers = new Set<{ at: number; callback: () => void }>();
  return {
    now: () => now,
    random: () => 0,
    after: (ms, callback) => {
      const timer = { at: now + ms, callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async pass(ms) {
      const end = now + ms;
      for (;;) {
        const next = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        timers.delete(next);
        now = next.at;
        next.callback();
        await settled();
      }
      now = end;
      await settled();
    },
  };
}

/** A process that ends when it is told to. */
class FakeProcess {
  discarded = false;
  end!: (fault: string) => void;
  readonly ended = new Promise<string>((resolve) => (this.end = resolve));
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function supervise(start: () => Promise<FakeProcess> = async () => new FakeProcess()) {
  const clock = fakeClock();
  const seen: Array<Supervision<string>> = [];
  const started: FakeProcess[] = [];
  const supervisor = new Supervisor<FakeProcess, string>({
    start: async () => {
      const process = await start();
      started.push(process);
      return process;
    },
    ended: (process) => process.ended,
    discard: (process) => (process.discarded = true),
    asFault: String,
    onChange: (supervision) => seen.push(supervision),
    clock,
  });
  supervisor.adopt(new FakeProcess());
  const crash = async (): Promise<void> => {
    supervisor.current!.end('crashed');
    await settled();
  };
  return { clock, supervisor, seen, started, crash };
}

describe('a supervisor', () => {
  test('starts a process again a second after it crashed, then later each time, and gives up at the fifth crash', async () => {
    const { clock, supervisor, seen, crash } = supervise();
    for (const seconds of [1, 2, 4, 8]) {
      await crash();
      expect(supervisor.supervision).toMatchObject({
        state: 'backoff',
        fault: 'crashed',
        retryAt: clock.now() + seconds * SECOND,
      });
      expect(supervisor.current).toBeUndefined();
      await clock.pass(seconds * SECOND - 1);
      expect(supervisor.supervision.state).toBe('backoff');
      await clock.pass(1);
      expect(supervisor.supervision.state).toBe('running');
    }
    await crash();
    expect(supervisor.supervision).toMatchObject({ state: 'quarantined', fault: 'crashed', crashes: 5 });
    await clock.pass(60 * MINUTE);
    expect(supervisor.supervision.state).toBe('quarantined');
    expect(supervisor.restarts).toBe(4);
    expect(seen.map(({ state }) => state)).toEqual([
      'running',
      ...['backoff', 'starting', 'running', 'backoff', 'starting', 'running'],
      ...['backoff', 'starting', 'running', 'backoff', 'starting', 'running'],
      'quarantined',
    ]);
  });

  test('counts a start that fails as a crash', async () => {
    const { clock, supervisor } = supervise(() => Promise.reject(new Error('did not start')));
    supervisor.current!.end('crashed');
    await settled();
    await clock.pass(1 * SECOND);
    expect(supervisor.supervision).toMatchObject({ state: 'backoff', attempt: 2, fault: 'Error: did not start' });
    await clock.pass(2 * SECOND + 4 * SECOND + 8 * SECOND);
    expect(supervisor.supervision).toMatchObject({ state: 'quarantined' });
  });

  test('starts nothing any more once it is stopped, and ends what comes too late', async () => {
    let arrive: (process: FakeProcess) => void = () => {};
    const { clock, supervisor, started, crash } = supervise(() => new Promise((resolve) => (arrive = resolve)));
    await crash();
    await clock.pass(1 * SECOND);
    expect(supervisor.supervision.state).toBe('starting');
    expect(supervisor.stop()).toBeUndefined();
    arrive(new FakeProcess());
    await settled();
    expect(started[0]!.discarded).toBe(true);
    expect(supervisor.supervision.state).toBe('stopped');
    await clock.pass(10 * MINUTE);
    expect(started).toHaveLength(1);
  });

  test('hands over the process that runs when it is stopped, whose end is no crash then', async () => {
    const { clock, supervisor, started } = supervise();
    const process = supervisor.stop()!;
    process.end('stopped');
    await settled();
    await clock.pass(10 * MINUTE);
    expect(started).toHaveLength(0);
  });
});

describe('a restart policy', () => {
  test('forgets crashes after ten minutes, so that a rare one is never the last', () => {
    const policy = new RestartPolicy(() => 0);
    for (let crash = 0; crash < 50; crash++) {
      expect(policy.crashed(crash * 3 * MINUTE, 3 * MINUTE).restart).toBe(true);
    }
  });

  test('never waits more than a minute, and begins anew after ten healthy ones', () => {
    const policy = new RestartPolicy(() => 1);
    const delays = [0, 1, 2, 3, 4, 5, 6, 7].map((crash) => delay(policy.crashed(crash * 3 * MINUTE, 3 * MINUTE)));
    expect(delays).toEqual([1250, 2500, 5000, 10_000, 20_000, 40_000, 60_000, 60_000]);
    expect(delay(policy.crashed(60 * MINUTE, 10 * MINUTE))).toBe(1250);
  });

  test('spreads restarts, by up to a quarter', () => {
    expect(delay(new RestartPolicy(() => 0).crashed(0, 0))).toBe(1000);
    expect(delay(new RestartPolicy(() => 1).crashed(0, 0))).toBe(1250);
  });

  function delay(verdict: ReturnType<RestartPolicy['crashed']>): number | undefined {
    return verdict.restart ? verdict.delayMs : undefined;
  }
});
