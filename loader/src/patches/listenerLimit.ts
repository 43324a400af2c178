import { sharedPatch } from './sharedPatch';

/** Each started backend listens for process-wide faults, and each unit is a backend: not a leak. */
const MAX_LISTENERS = 1000;

/** Lets the process have as many listeners as there may be units before Node.js warns of a leak. */
export const raiseListenerLimit = sharedPatch(() => {
  const before = process.getMaxListeners();
  const raised = Math.max(before, MAX_LISTENERS);
  process.setMaxListeners(raised);
  return {
    dispose: () => {
      // Somebody else may have set it since.
      if (process.getMaxListeners() === raised) process.setMaxListeners(before);
    },
  };
});
