import { useState } from 'react';
import { faultOf } from '../api/AdminError';
import type { Fault, Operation } from '../api/types';

/** The result of an operation. */
export type Outcome = { done: string } | { fault: Fault };

/** Runs one operation at a time and keeps the latest result. */
export function useOperation() {
  const [pending, setPending] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>();
  const run = (work: () => Promise<Operation>, done: string | ((operation: Operation) => string)): void => {
    setPending(true);
    setOutcome(undefined);
    work()
      .then(
        (operation) => setOutcome({ done: typeof done === 'string' ? done : done(operation) }),
        (error: unknown) => setOutcome({ fault: faultOf(error) }),
      )
      .finally(() => setPending(false));
  };
  return { pending, outcome, run };
}
