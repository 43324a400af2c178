import { useEffect, useState } from 'react';
import { faultOf } from './AdminError';
import type { Fault } from './types';

/** A response or its error; both undefined while it is pending. An earlier response stays until the next one arrives. */
export interface Asked<T> {
  value: T | undefined;
  fault: Fault | undefined;
}

/** Sends a request, and again whenever one of `on` changes. */
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
