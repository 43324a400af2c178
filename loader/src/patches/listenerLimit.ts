import { sharedPatch } from './sharedPatch';

/** Each started backend listens for process-wide faults, and each unit is a backend: not a leak. */
const MAX_LISTENERS = 1000;

/** Raises the number of listeners of the process before Node.js warns of a leak to the possible number of units. */
export const raiseListenerLimit = sharedPatch(() => {
  const before = process.getMaxListeners();
  const raised = Math.max(before, MAX_LISTENERS);
  process.setMaxListeners(raised);
  return {
    dispose: () => {
      // Other code may have changed it since.
      if (process.getMaxListeners() === raised) process.setMaxListeners(before);
    },
  };
});
