import { Progress } from '@backstage/core-components';
import type { FinalizedSpecializedApp, SpecializedAppSessionState } from '@backstage/frontend-app-api';
import { maybeCreateErrorPage } from '@backstage/frontend-defaults';
import { Component, Suspense, useEffect, useState, type ReactNode } from 'react';
import type { RemoteFeatures } from './origins';
import { RemotesInApp } from './remotesInApp';
import { blame, judge, wireApp, type Setup } from './wiring';

interface IsolatedAppProps {
  setup: Setup;
  remotes: readonly RemoteFeatures[];
}

/** The app. It survives errors of remotes while it is wired or shown, if necessary without them. */
export function IsolatedApp({ setup, remotes }: IsolatedAppProps) {
  const [app, setApp] = useState(() => wireApp(setup, remotes));
  const [finalized, setFinalized] = useState<FinalizedSpecializedApp>();
  const wireWithout = (without: readonly RemoteFeatures[], session?: SpecializedAppSessionState): void => {
    setFinalized(undefined);
    setApp(
      wireApp(
        setup,
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

/** Passes on errors of its children while they are shown, and shows them if nothing handles them. */
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
