import { useApi } from '@backstage/frontend-plugin-api';
import { useEffect, useState } from 'react';
import { adminApiRef, type AdminClient } from './AdminClient';
import { faultOf } from './AdminError';
import { readEvents } from './readEvents';
import type { Fault, Plugin, PluginList } from './types';

/** The plugins as they are now. `fault` says why they may not be: what is shown is then the last that was heard. */
export interface LivePlugins {
  items: Plugin[] | undefined;
  fault: Fault | undefined;
}

/** Several events come at once when something happens: one look at the list is enough for them, in milliseconds. */
const TOGETHER_MS = 50;
/** Memory and health change without an event. */
const REFRESH_MS = 15_000;
const RETRY_MS = 1000;

/** Follows the plugins until the component goes. */
export function usePlugins(): LivePlugins {
  const client = useApi(adminApiRef);
  const [live, setLive] = useState<LivePlugins>({ items: undefined, fault: undefined });
  useEffect(() => {
    const stop = new AbortController();
    const onFault = (fault: Fault) => {
      if (!stop.signal.aborted) setLive(({ items }) => ({ items, fault }));
    };
    let newest = 0;
    const onList = ({ items, lastEventId }: PluginList) => {
      // Answers may overtake each other.
      if (stop.signal.aborted || lastEventId < newest) return;
      newest = lastEventId;
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
    const interval = setInterval(() => void refresh(), REFRESH_MS);
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
async function follow(client: AdminClient, signal: AbortSignal, listeners: Listeners): Promise<void> {
  let last: string | undefined;
  while (!signal.aborted) {
    try {
      const response = await client.events(last, signal);
      // What is known may be the list from before a pause.
      if (last !== undefined) listeners.onChange();
      for await (const { id, type, data } of readEvents(response.body!)) {
        last = id;
        if (type === 'reset') listeners.onList(JSON.parse(data) as PluginList);
        else listeners.onChange();
      }
    } catch (error) {
      listeners.onFault(faultOf(error));
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
