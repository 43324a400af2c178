import { expect, it } from 'vitest';
import { stagedoor } from './exportSupport';
import { workspaceOf } from './workspaceSupport';

it('A second export of a workspace of twenty plugins takes less than a second', async () => {
  const root = await workspaceOf(20);
  const first = await stagedoor(root, 'export');
  expect(first.stderr).toContain('20 exported, 0 unchanged, 0 failed');
  // The best of three: the machine may be busy with something else.
  const times: number[] = [];
  while (times.length < 3 && !times.some((time) => time < 1000)) {
    const started = performance.now();
    const { stderr } = await stagedoor(root, 'export');
    times.push(performance.now() - started);
    expect(stderr).toContain('0 exported, 20 unchanged, 0 failed');
  }
  expect(Math.min(...times)).toBeLessThan(1000);
});
