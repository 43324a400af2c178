import { useEffect, useState } from 'react';
import { faultOf } from './AdminError';
import type { Fault } from './types';

/** An answer, or why there is none; both undefined while it is awaited. An earlier answer stays until the next is there. */
export interface Asked<T> {
  value: T | undefined;
  fault: Fault | undefined;
}

/** Asks once, and again whenever one of `on` changes. */
export function useAsked<T>(ask: () => Promise<T>, on: readonly unknown[]): Asked<T> {
  const [asked, setAsked] = useState<Asked<T>>({ value: undefined, fault: undefined });
  useEffect(() => {
    let current = true;
    ask().then(
      (value) => current && setAsked({ value, fault: undefined }),
      (error: unknown) => current && setAsked({ value: undefined, fault: faultOf(error) }),
    );
    return () => {
      current = false;
    };
    // `ask` is made anew at each render; `on` says what it depends on.
  }, on);
  return asked;
}
