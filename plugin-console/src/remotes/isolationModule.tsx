import { ErrorPanel } from '@backstage/core-components';
import { createFrontendModule, ErrorDisplay, type ErrorDisplayProps } from '@backstage/frontend-plugin-api';
import { SwappableComponentBlueprint } from '@backstage/plugin-app-react';
import { Button } from '@backstage/ui';
import { useContext, useState } from 'react';
import { reloadWithout } from './leftOut';
import { RemotesInApp } from './remotesInApp';

/**
 * Stands in place of what threw. Where that is the app itself, nothing else would be seen: whoever can wire it without the
 * remotes is told.
 */
function RemoteError({ plugin, error, resetError }: ErrorDisplayProps) {
  const remotes = useContext(RemotesInApp);
  const ofApp = plugin === undefined || plugin.pluginId === 'app';
  if (remotes > 0 && ofApp) throw error;
  const [reloads] = useState(() => ofApp && reloadWithout(error));
  if (reloads) return null;
  return (
    <ErrorPanel title={`Error in ${plugin?.pluginId ?? 'the app'}`} error={error} defaultExpanded>
      <Button variant="secondary" onPress={resetError}>
        Retry
      </Button>
    </ErrorPanel>
  );
}

/** Has the app tell of errors that no plugin answers for. It comes first: an app may show errors its own way. */
export const isolationModule = createFrontendModule({
  pluginId: 'app',
  extensions: [
    SwappableComponentBlueprint.make({
      name: 'core-error-display',
      params: (define) => define({ component: ErrorDisplay, loader: () => RemoteError }),
    }),
  ],
});
