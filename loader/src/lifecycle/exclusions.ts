import { KeyedMutex } from './keyedMutex';

/**
 * Mutual exclusion in three levels, each within the one before: the holder of one may wait for those below it, and never for
 * one above or beside it, so there are no deadlocks.
 * 1. **Operation**, by bundle: a request of an operator. A second one for the same bundle is not queued but rejected with
 * OPERATION_IN_PROGRESS. `Operations` holds it for as long as the operation runs.
 * 2. **Name**, by package name: which build of a package takes precedence, and bringing it into service or out of it. Drops,
 * operations, retries and build reports queue here. `Pipeline.exclusively` holds it, and looks at other names only after
 * that.
 * 3. **Unit**, by plugin id: the composition of a unit, and the generation that serves it. A bundle may be part of several
 * units, and several bundles of one: a change takes the locks of all units concerned in one step, so two changes that share
 * units never wait for each other. `Pipeline.replace` holds it from the start of new generations until they serve; draining
 * the old ones is outside it. A module that kept a unit from starting is taken out of its other units under this lock alone.
 */
export class Exclusions {
  /** Level 2. */
  readonly names = new KeyedMutex();
  /** Level 3. */
  readonly units = new KeyedMutex();
}
