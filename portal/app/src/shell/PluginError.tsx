import { ErrorPanel } from '@backstage/core-components';
import type { ErrorDisplayProps } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { useContext } from 'react';
import { RemotesInApp } from '../start/remotesInApp';

/**
 * Stands in place of what threw. Where that is the app itself, nothing else would be seen: whoever can wire it without the
 * remotes is told.
 */
export function PluginError({ plugin, error, resetError }: ErrorDisplayProps) {
  const remotes = useContext(RemotesInApp);
  if (remotes > 0 && (plugin === undefined || plugin.pluginId === 'app')) throw error;
  return (
    <ErrorPanel title={`Error in ${plugin?.pluginId ?? 'the app'}`} error={error} defaultExpanded>
      <Button variant="secondary" onPress={resetError}>
        Retry
      </Button>
    </ErrorPanel>
  );
}
