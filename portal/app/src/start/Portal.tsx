import { Progress } from '@backstage/core-components';
import type { FinalizedSpecializedApp, SpecializedAppSessionState } from '@backstage/frontend-app-api';
import { maybeCreateErrorPage } from '@backstage/frontend-defaults';
import type { ConfigApi } from '@backstage/frontend-plugin-api';
import { Component, Suspense, useEffect, useState, type ReactNode } from 'react';
import type { LoadedRemote } from '../remotes/loadRemotes';
import { RemotesInApp } from './remotesInApp';
import { blame, judge, wireApp } from './wiring';

interface PortalProps {
  config: ConfigApi;
  remotes: readonly LoadedRemote[];
}

/** The app. Whatever remotes do when it is wired or shown, it goes on, if need be without them. */
export function Portal({ config, remotes }: PortalProps) {
  const [app, setApp] = useState(() => wireApp(config, remotes));
  const [finalized, setFinalized] = useState<FinalizedSpecializedApp>();
  const wireWithout = (without: readonly LoadedRemote[], session?: SpecializedAppSessionState): void => {
    setFinalized(undefined);
    setApp(
      wireApp(
        config,
        app.remotes.filter((remote) => !without.includes(remote)),
        session,
      ),
    );
  };
  useEffect(
    () =>
      app.prepared.onFinalized((done) => {
        const { without, faults } = judge(done.errors ?? [], app.remotes);
        if (without.length === 0) setFinalized({ ...done, errors: faults });
        else wireWithout(without, done.sessionState);
      }),
    [app],
  );
  const caught = (error: Error): void => {
    if (app.remotes.length > 0) wireWithout(blame(error, app.remotes), finalized?.sessionState);
  };
  return (
    // Each app begins anew.
    <Boundary key={app.remotes.length} caught={caught}>
      <RemotesInApp.Provider value={app.remotes.length}>
        <Suspense fallback={<Progress />}>
          {finalized ? (maybeCreateErrorPage(finalized) ?? finalized.element) : app.prepared.getBootstrapApp().element}
        </Suspense>
      </RemotesInApp.Provider>
    </Boundary>
  );
}

/** Hands on what is thrown while its children are shown, and shows it where nothing comes of that. */
class Boundary extends Component<{ children: ReactNode; caught: (error: Error) => void }, { error?: Error }> {
  override state: { error?: Error } = {};

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override componentDidCatch(error: Error): void {
    this.props.caught(error);
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error ? <p role="alert">{error.message}</p> : this.props.children;
  }
}
