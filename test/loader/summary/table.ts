import type { Facts } from '../../../loader/src/summary/facts';

export const ONE = { version: '1.0.0', digest: '1'.repeat(64) };
export const TWO = { version: '2.0.0', digest: '2'.repeat(64) };
export const AT = '2026-12-01T10:00:00.000Z';
const LATER = '2026-12-01T10:00:30.000Z';

const running = { ...ONE, since: AT };
const broken = { code: 'INIT_FAILED', message: 'no table' } as const;
const refused: Facts['refusal'] = { build: TWO, state: 'failed', fault: broken, at: AT };
const crashed = 'The process ended.';
const backedOut = { chosen: { ...ONE, instead: TWO.digest, by: 'user:default/ann', since: AT }, serving: ONE };

/** Facts with everything in order: 1.0.0 is in the drop and runs. */
export function facts(changes: Partial<Facts> = {}, status: Partial<Facts['status']> = {}): Facts {
  return {
    remembered: { serving: ONE },
    lastGood: true,
    health: 'healthy',
    ...changes,
    status: { state: 'running', since: AT, ...ONE, loaded: running, onDisk: { ...ONE, drop: 'a' }, ...status },
  };
}

const onDiskTwo = { onDisk: { ...TWO, drop: 'a' } };
const unloaded = { loaded: undefined };
const down = (state: 'backoff' | 'starting' | 'quarantined'): Facts['process'] => ({ state, retryAt: LATER });

/** What is known, and what everybody is shown: state, version that runs, version of the next start, text. */
export const TABLE: Array<[string, Facts, [string, string | undefined, string | undefined, string]]> = [
  ['runs', facts(), ['running', '1.0.0', '1.0.0', '1.0.0 runs.']],
  ['not checked yet', facts({ health: undefined }), ['running', '1.0.0', '1.0.0', '1.0.0 runs.']],
  [
    'degraded',
    facts({ health: 'degraded', failedChecks: 'db: gone' }),
    ['degraded', '1.0.0', '1.0.0', '1.0.0 runs, but its health checks fail: db: gone'],
  ],
  [
    'found',
    facts(
      { remembered: {} },
      { state: 'discovered', version: undefined, digest: undefined, onDisk: undefined, ...unloaded },
    ),
    ['starting', undefined, undefined, 'It is starting.'],
  ],
  [
    'starts for the first time',
    facts({ remembered: {} }, { state: 'starting', ...unloaded }),
    ['starting', undefined, '1.0.0', '1.0.0 is starting.'],
  ],
  [
    'is updated',
    facts({}, { state: 'starting', ...TWO, ...onDiskTwo }),
    ['updating', '1.0.0', '2.0.0', '2.0.0 is starting; 1.0.0 runs meanwhile. A restart of the portal starts 2.0.0.'],
  ],
  [
    'is updated while the earlier version crashes',
    facts({ process: down('backoff') }, { state: 'starting', ...TWO, ...onDiskTwo }),
    ['starting', undefined, '2.0.0', '2.0.0 is starting.'],
  ],
  [
    'update failed',
    facts({ refusal: refused }, { state: 'failed', ...TWO, ...onDiskTwo }),
    [
      'update-failed',
      '1.0.0',
      '1.0.0',
      '1.0.0 runs. 2.0.0 does not run: INIT_FAILED: no table After a restart of the portal 1.0.0 runs again as long as the drop cannot run.',
    ],
  ],
  [
    'update failed, last good off',
    facts({ refusal: refused, lastGood: false }, { state: 'failed', ...TWO, ...onDiskTwo }),
    [
      'update-failed',
      '1.0.0',
      undefined,
      '1.0.0 runs. 2.0.0 does not run: INIT_FAILED: no table 1.0.0 does not survive a restart of the portal.',
    ],
  ],
  [
    'update failed, then the earlier version crashes',
    facts(
      { refusal: refused, process: down('backoff') },
      { state: 'backoff', attempt: 1, message: crashed, ...onDiskTwo },
    ),
    [
      'restarting',
      undefined,
      '1.0.0',
      `1.0.0 crashed and does not run: ${crashed} It is started again at ${LATER} (attempt 1). 2.0.0 does not run either: INIT_FAILED: no table After a restart of the portal 1.0.0 runs again as long as the drop cannot run.`,
    ],
  ],
  [
    'update failed, and is over with the next drop',
    facts(
      { refusal: refused },
      {
        onDisk: { version: '3.0.0', digest: '3'.repeat(64), drop: 'a' },
        loaded: { version: '3.0.0', digest: '3'.repeat(64), since: AT },
      },
    ),
    ['running', '3.0.0', '3.0.0', '3.0.0 runs.'],
  ],
  [
    'a drop that cannot be read beside the running version',
    facts(
      { refusal: { state: 'rejected', fault: { code: 'ARCHIVE_INVALID', message: 'cut off' }, at: AT } },
      { state: 'rejected', onDisk: undefined },
    ),
    [
      'update-failed',
      '1.0.0',
      '1.0.0',
      '1.0.0 runs. The drop does not run: ARCHIVE_INVALID: cut off After a restart of the portal 1.0.0 runs again as long as the drop cannot run.',
    ],
  ],
  [
    'failed, nothing ran before',
    facts({ remembered: {}, refusal: refused }, { state: 'failed', ...TWO, ...onDiskTwo, ...unloaded }),
    ['failed', undefined, undefined, '2.0.0 does not run: INIT_FAILED: no table'],
  ],
  [
    'refused before it ran',
    facts(
      { remembered: {}, refusal: { ...refused, state: 'rejected' } },
      { state: 'rejected', ...TWO, ...onDiskTwo, ...unloaded },
    ),
    ['rejected', undefined, undefined, '2.0.0 does not run: INIT_FAILED: no table'],
  ],
  [
    'failed, and the last good version as well',
    facts(
      { refusal: { ...refused, fallbackFault: { code: 'DATABASE_NEWER', message: 'migrated' } as never } },
      { state: 'failed', ...TWO, ...onDiskTwo, ...unloaded },
    ),
    [
      'failed',
      undefined,
      undefined,
      '2.0.0 does not run: INIT_FAILED: no table 1.0.0, which ran last, did not start either: DATABASE_NEWER: migrated',
    ],
  ],
  [
    'reloading the running version failed',
    facts({ refusal: { ...refused, build: ONE } }, { state: 'failed' }),
    [
      'update-failed',
      '1.0.0',
      undefined,
      '1.0.0 runs. The last attempt to start it again failed: INIT_FAILED: no table A restart of the portal starts 1.0.0 again.',
    ],
  ],
  [
    'rolled back',
    facts({ remembered: backedOut }, { ...onDiskTwo }),
    [
      'rolled-back',
      '1.0.0',
      '1.0.0',
      `1.0.0 runs; 2.0.0 is on disk. user:default/ann rolled it back at ${AT}. After a restart of the portal 1.0.0 runs again, until the drop changes.`,
    ],
  ],
  [
    'rolled back from a version that had failed',
    facts({ remembered: backedOut, refusal: refused }, { ...onDiskTwo }),
    [
      'rolled-back',
      '1.0.0',
      '1.0.0',
      `1.0.0 runs; 2.0.0 is on disk. user:default/ann rolled it back at ${AT}. After a restart of the portal 1.0.0 runs again, until the drop changes.`,
    ],
  ],
  [
    'rolled back by an earlier release of the portal, which did not note by whom',
    facts({ remembered: { chosen: { ...ONE, instead: TWO.digest } } }, { ...onDiskTwo }),
    [
      'rolled-back',
      '1.0.0',
      '1.0.0',
      '1.0.0 runs; 2.0.0 is on disk. An operator rolled it back. After a restart of the portal 1.0.0 runs again, until the drop changes.',
    ],
  ],
  [
    'rolled back and unhealthy',
    facts({ remembered: backedOut, health: 'degraded' }, { ...onDiskTwo }),
    [
      'degraded',
      '1.0.0',
      '1.0.0',
      '1.0.0 runs, but its health checks fail. It was rolled back to 1.0.0 from 2.0.0. After a restart of the portal 1.0.0 runs again, until the drop changes.',
    ],
  ],
  [
    'crashed, waits',
    facts({ process: down('backoff') }, { state: 'backoff', attempt: 2, message: crashed }),
    [
      'restarting',
      undefined,
      '1.0.0',
      `1.0.0 crashed and does not run: ${crashed} It is started again at ${LATER} (attempt 2).`,
    ],
  ],
  [
    'crashed, is being started again',
    facts({ process: { state: 'starting' } }, { state: 'backoff', message: crashed }),
    ['restarting', undefined, '1.0.0', `1.0.0 crashed and does not run: ${crashed} It is being started again.`],
  ],
  [
    'in quarantine',
    facts(
      {
        process: down('quarantined'),
        remembered: { quarantined: { since: AT, digest: ONE.digest, message: 'Last error: x' } },
      },
      { state: 'quarantined' },
    ),
    [
      'quarantined',
      undefined,
      undefined,
      '1.0.0 crashed too often and does not run. Last error: x Reload it, or install another version. A restart of the portal does not start it.',
    ],
  ],
  [
    'in quarantine since before a restart',
    facts(
      { remembered: { quarantined: { since: AT, digest: ONE.digest, message: 'Last error: x' } } },
      { state: 'quarantined', ...unloaded },
    ),
    [
      'quarantined',
      undefined,
      undefined,
      '1.0.0 crashed too often and does not run. Last error: x Reload it, or install another version. A restart of the portal does not start it.',
    ],
  ],
  [
    'disabled',
    facts({ remembered: { disabled: { since: AT, by: 'user:default/ann' } } }, { state: 'disabled', ...unloaded }),
    [
      'disabled',
      undefined,
      undefined,
      `user:default/ann disabled it at ${AT}. Enable it to start it again. It stays disabled after a restart of the portal.`,
    ],
  ],
  [
    'stopping because it is disabled',
    facts({ remembered: { disabled: { since: AT, by: 'user:default/ann' } } }, { state: 'draining' }),
    [
      'stopping',
      '1.0.0',
      undefined,
      '1.0.0 finishes its requests and stops. It stays disabled after a restart of the portal.',
    ],
  ],
  [
    'waits for its plugin',
    facts({}, { state: 'waiting', message: "m extends plugin 'p', which is not running." }),
    ['waiting', undefined, '1.0.0', "m extends plugin 'p', which is not running."],
  ],
  ['removed', facts({}, { state: 'stopped', onDisk: undefined }), ['removed', '1.0.0', undefined, 'It was removed.']],
];
