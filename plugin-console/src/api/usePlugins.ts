import { useApi } from '@backstage/frontend-plugin-api';
import { useEffect, useState } from 'react';
import { adminApiRef, type AdminApi } from './adminApiRef';
import { faultOf, isRefusal } from './AdminError';
import { readEvents } from './readEvents';
import type { Fault, Plugin, PluginList } from './types';

/** The current plugins. If `fault` is set, they are the last known ones. */
export interface LivePlugins {
  items: Plugin[] | undefined;
  fault: Fault | undefined;
}

/** Several events come at once when something happens: one look at the list is enough for them, in milliseconds. */
const TOGETHER_MS = 50;
/** Memory and health change without an event. */
const REFRESH_MS = 15_000;
/** Until the event stream is asked for again: at first, and at most, when it was refused again and again. */
const RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;

/** Follows the plugins until the component is removed. */
export function usePlugins(): LivePlugins {
  const client = useApi(adminApiRef);
  const [live, setLive] = useState<LivePlugins>({ items: undefined, fault: undefined });
  useEffect(() => {
    const stop = new AbortController();
    const onFault = (fault: Fault) => {
      refused = isRefusal(fault);
      if (!stop.signal.aborted) setLive(({ items }) => ({ items, fault }));
    };
    let newest = 0;
    let refused = false;
    const onList = ({ items, lastEventId }: PluginList) => {
      // Responses may arrive out of order.
      if (stop.signal.aborted || lastEventId < newest) return;
      newest = lastEventId;
      refused = false;
      setLive({ items, fault: undefined });
    };
    const refresh = async () => client.list().then(onList, (error: unknown) => onFault(faultOf(error)));
    let soon: ReturnType<typeof setTimeout> | undefined;
    const onChange = () => {
      soon ??= setTimeout(() => {
        soon = undefined;
        void refresh();
      }, TOGETHER_MS);
    };
    // The event stream finds out when the user may read again.
    const interval = setInterval(() => void (refused || refresh()), REFRESH_MS);
    // The browser knows at once that the network went or came; a stream may take long to notice.
    for (const type of ['online', 'offline']) window.addEventListener(type, onChange, { signal: stop.signal });
    void follow(client, stop.signal, { onList, onChange, onFault });
    return () => {
      stop.abort();
      clearTimeout(soon);
      clearInterval(interval);
    };
  }, [client]);
  return live;
}

interface Listeners {
  onList(list: PluginList): void;
  onChange(): void;
  onFault(fault: Fault): void;
}

/** Reads the event stream, again and again from where it broke off. */
async function follow(client: AdminApi, signal: AbortSignal, listeners: Listeners): Promise<void> {
  let last: string | undefined;
  let failures = 0;
  while (!signal.aborted) {
    try {
      const response = await client.events(last, signal);
      failures = 0;
      // What is known may be the list from before a pause.
      if (last !== undefined) listeners.onChange();
      for await (const { id, type, data } of readEvents(response.body!)) {
        last = id;
        if (type === 'reset') listeners.onList(JSON.parse(data) as PluginList);
        else listeners.onChange();
      }
    } catch (error) {
      listeners.onFault(faultOf(error));
      failures += 1;
    }
    await sleep(Math.min(RETRY_MS * 2 ** Math.max(0, failures - 1), LONGEST_RETRY_MS), signal);
  }
}

/** Resolves after a time, or when the signal is aborted. The network that comes back ends it, too. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const awake = new AbortController();
    const wake = () => {
      clearTimeout(timer);
      awake.abort();
      resolve();
    };
    const timer = setTimeout(wake, ms);
    signal.addEventListener('abort', wake, { signal: awake.signal });
    window.addEventListener('online', wake, { signal: awake.signal });
  });
}
