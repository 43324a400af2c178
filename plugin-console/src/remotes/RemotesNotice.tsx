import { Alert, Button } from '@backstage/ui';
import { configApiRef, useApi } from '@backstage/frontend-plugin-api';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { usePlugins } from '../api/usePlugins';
import { useText } from '../translation';
import { useStyles } from '../useStyles';
import { changesSince } from './changes';
import { listRemotes } from './listRemotes';
import { notePage, onPageRemotes, pageRemotes } from './pageRemotes';
import { reloadOnce } from './reloadOnce';
import css from './remotes.css';

/**
 * Shows which frontend plugins were added, updated or removed since the page was loaded, and which ones failed. The page
 * reloads by itself if all changed ones are in development.
 */
export function RemotesNotice() {
  useStyles('remotes', css);
  const t = useText();
  const baseUrl = useApi(configApiRef).getString('backend.baseUrl');
  const { items } = usePlugins();
  const page = useSyncExternalStore(onPageRemotes, pageRemotes);
  // Another loader than ours does not say what it loaded; the page is as young as the app.
  useEffect(() => {
    if (!page.listed) void listRemotes(baseUrl).then(notePage);
  }, [page.listed, baseUrl]);
  const [dismissed, setDismissed] = useState(false);
  const changes = items && page.listed ? changesSince(page.remotes, items) : [];
  const developed = changes.length > 0 && changes.every((change) => change.developed);
  const digests = changes.map(({ digest }) => digest).join();
  useEffect(() => {
    if (developed) reloadOnce(digests);
  }, [developed, digests]);
  const failed = dismissed ? [] : page.remotes.filter(({ failure }) => failure !== undefined);
  if (changes.length === 0 && failed.length === 0) return null;
  return (
    <aside className="sd-remotes" aria-label={t('remotes.label')}>
      {changes.length > 0 && (
        <Alert
          status="info"
          icon
          role="status"
          title={t('remotes.changed')}
          description={changes
            .map(({ packageName: name, what, version }) => t(`remotes.${what}`, { name, version }))
            .join(' ')}
          customActions={
            <Button size="small" onPress={() => window.location.reload()}>
              {t('remotes.reload')}
            </Button>
          }
        />
      )}
      {failed.length > 0 && (
        <Alert
          status="danger"
          icon
          role="alert"
          title={t('remotes.failed', { count: failed.length })}
          description={failed.map(({ packageName, version, failure }) => (
            <span className="sd-remotes-fault" key={packageName}>
              {[packageName, version].filter(Boolean).join(' ')}: {failure}
            </span>
          ))}
          customActions={
            <Button size="small" variant="tertiary" onPress={() => setDismissed(true)}>
              {t('remotes.dismiss')}
            </Button>
          }
        />
      )}
    </aside>
  );
}
