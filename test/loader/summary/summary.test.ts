import { expect, test } from 'vitest';
import type { Summary } from '../../../loader/src/adminApi';
import { PLUGIN_STATES } from '../../../loader/src/lifecycle/states';
import type { Facts } from '../../../loader/src/summary/facts';
import { SUMMARY_STATES, TONES } from '../../../loader/src/summary/states';
import { summarize } from '../../../loader/src/summary/summarize';
import { AT, ONE, TABLE, TWO, facts } from './table';

test('each row of the table gives the state, the versions and the text that everybody is shown', () => {
  for (const [row, known, expected] of TABLE) {
    const { state, runs, nextStart, message } = summarize(known);
    expect([row, state, runs?.version, nextStart.version, message]).toEqual([row, ...expected]);
  }
  const reached = new Set(TABLE.map(([, , [state]]) => state));
  expect([...reached].sort()).toEqual([...SUMMARY_STATES].sort());
});

/** Every combination of the facts, also those that no portal should get into. */
function* combinations(): Generator<Facts> {
  const processes: Array<Facts['process']> = [
    undefined,
    ...(['running', 'backoff', 'starting', 'quarantined', 'stopped'] as const).map((state) => ({ state })),
  ];
  const refusals: Array<Facts['refusal']> = [
    undefined,
    ...[ONE, TWO, undefined].map((build) => ({
      build,
      state: 'failed' as const,
      fault: { code: 'INIT_FAILED' as const, message: 'm' },
      at: AT,
    })),
  ];
  const remembered: Array<Facts['remembered']> = [
    {},
    { serving: ONE },
    { disabled: { since: AT, by: 'a' } },
    { chosen: { ...ONE, instead: TWO.digest }, serving: ONE },
    { quarantined: { since: AT, digest: ONE.digest, message: 'm' } },
  ];
  for (const state of PLUGIN_STATES)
    for (const loaded of [undefined, { ...ONE, since: AT }])
      for (const onDisk of [undefined, { ...ONE, drop: 'a' }, { ...TWO, drop: 'a' }])
        for (const process of processes)
          for (const health of [undefined, 'healthy', 'degraded'] as const)
            for (const refusal of refusals)
              for (const its of remembered)
                for (const lastGood of [true, false])
                  yield facts({ process, health, refusal, remembered: its, lastGood }, { state, loaded, onDisk });
}

/** What must never be shown, by its name. */
const NEVER: Record<string, (known: Facts, shown: Summary) => boolean> = {
  'no text': (_known, { message }) => !/^\S.*\S$/.test(message) || message.includes('undefined'),
  'the tone of another state': (_known, { state, tone }) => tone !== TONES[state],
  'a build as running whose process does not run': ({ process }, { runs }) =>
    process !== undefined && process.state !== 'running' && runs !== undefined,
  'a build as running that is not loaded': ({ status }, { runs }) => !status.loaded && runs !== undefined,
  'as good what is degraded or does not run': (_known, { tone, runs }) =>
    tone === 'good' && (runs === undefined || runs.health === 'degraded'),
  'an error for what is disabled': ({ status }, { tone }) => status.state === 'disabled' && tone !== 'neutral',
  'a next start of what is disabled': ({ remembered }, { nextStart }) =>
    remembered.disabled !== undefined && nextStart.why !== 'disabled',
  'a next version without its digest': (_known, { nextStart }) => !nextStart.version !== !nextStart.digest,
  'a build twice': (_known, { builds }) => new Set(builds.map(({ digest }) => digest)).size !== builds.length,
  'a build as serving beside that nothing runs': (_known, { runs, builds }) =>
    runs === undefined && builds.some(({ state }) => state === 'serving'),
};

test('no combination of facts shows what contradicts them', () => {
  let seen = 0;
  const wrong = new Map<string, object>();
  for (const known of combinations()) {
    seen++;
    const shown = summarize(known);
    for (const [what, is] of Object.entries(NEVER)) if (is(known, shown)) wrong.set(what, { known, shown });
  }
  expect(Object.fromEntries(wrong)).toEqual({});
  expect(seen).toBeGreaterThan(20_000);
});
