import { peerFit } from '@stagedoor/bundle';
import { expect, test } from 'vitest';

test.each([
  ['1.12.0', '^1.10.1', 'satisfied'],
  ['1.12.0-next.1', '^1.10.1', 'satisfied'],
  ['0.4.30', '^0.4.26', 'satisfied'],
  ['0.5.0', '^0.4.26', 'later'],
  ['0.12.1', '^0.4.26 || ^0.5.0', 'later'],
  ['0.4.25', '^0.4.26', 'unsatisfied'],
  ['0.4.26', '^0.5.0', 'unsatisfied'],
  ['1.0.0', '^0.4.26', 'unsatisfied'],
  ['2.0.0', '^1.10.1', 'unsatisfied'],
  ['0.5.0', 'file:../x', 'unsatisfied'],
  ['none', '^0.4.26', 'unsatisfied'],
])('Version %s for the range %s is %s', (version, range, fit) => {
  expect(peerFit(version, range)).toBe(fit);
});
