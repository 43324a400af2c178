import { test } from 'vitest';
import { unprivileged } from '../../../support/unprivileged';
import { expectRefused } from '../../../support/userSwitching';

test('A portal of a plain user that is to give plugins users of their own runs, and starts none in a process', () =>
  expectRefused(unprivileged()));
