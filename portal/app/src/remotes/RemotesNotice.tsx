import { Alert, Button } from '@backstage/ui';
import { useEffect, useState } from 'react';
import { usePlugins } from '../console/api/usePlugins';
import { changesSince, type Change } from './changes';
import { pageRemotes } from './pageRemotes';
import { reloadOnce } from './reloadOnce';
import './remotes.css';

/**
 * Says which frontend plugins came, changed or went since the page was loaded, and which ones failed. The page reloads by
 * itself where all that changed is being developed.
 */
export function RemotesNotice() {
  const { items } = usePlugins();
  const [dismissed, setDismissed] = useState(false);
  const changes = items ? changesSince(pageRemotes, items) : [];
  const developed = changes.length > 0 && changes.every((change) => change.developed);
  const digests = changes.map(({ digest }) => digest).join();
  useEffect(() => {
    if (developed) reloadOnce(digests);
  }, [developed, digests]);
  const failed = dismissed ? [] : pageRemotes.filter(({ failure }) => failure !== undefined);
  if (changes.length === 0 && failed.length === 0) return null;
  return (
    <aside className="sd-remotes" aria-label="Frontend plugins">
      {changes.length > 0 && (
        <Alert
          status="info"
          icon
          role="status"
          title="Reload to see what changed"
          description={changes.map(sentence).join(' ')}
          customActions={
            <Button size="small" onPress={() => window.location.reload()}>
              Reload
            </Button>
          }
        />
      )}
      {failed.length > 0 && (
        <Alert
          status="danger"
          icon
          role="alert"
          title={failed.length === 1 ? 'A frontend plugin failed' : 'Frontend plugins failed'}
          description={failed.map(({ packageName, version, failure }) => (
            <span className="sd-remotes-fault" key={packageName}>
              {packageName} {version}: {failure}
            </span>
          ))}
          customActions={
            <Button size="small" variant="tertiary" onPress={() => setDismissed(true)}>
              Dismiss
            </Button>
          }
        />
      )}
    </aside>
  );
}

function sentence({ packageName, what, version }: Change): string {
  return `${packageName} ${version} was ${what}.`;
}
