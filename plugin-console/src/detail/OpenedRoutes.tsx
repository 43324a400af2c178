import { RiLockLine, RiLockUnlockLine } from '@remixicon/react';
import type { Plugin, Route } from '../api/types';
import { useText } from '../translation';
import { isFrontend } from '../whereItRuns';

/** How much of a plugin answers callers without a session, set apart from what is closed. */
export function OpenMark({ plugin }: { plugin: Plugin }) {
  const t = useText();
  const open = plugin.openedRoutes.filter(({ allow }) => allow === 'unauthenticated');
  if (open.length === 0) {
    return (
      <span className="sd-quiet sd-icon-text">
        {isFrontend(plugin) ? (
          t('open.files')
        ) : (
          <>
            <RiLockLine size={16} aria-hidden /> {t('open.nothing')}
          </>
        )}
      </span>
    );
  }
  return (
    <span className="sd-badge sd-open" title={open.map(pathOf).join('\n')}>
      <RiLockUnlockLine size={14} aria-hidden /> {t('open.count', { count: open.length })}
    </span>
  );
}

/** Every path that a plugin opens or wanted to open. */
export function OpenedRoutes({ plugin }: { plugin: Plugin }) {
  const t = useText();
  const { openedRoutes, refusedRoutes = [] } = plugin;
  if (isFrontend(plugin)) return <p>{t('open.ofFrontend')}</p>;
  if (openedRoutes.length + refusedRoutes.length === 0) {
    return <p>{t('open.none')}</p>;
  }
  return (
    <ul className="sd-plain">
      {openedRoutes.map((route) => (
        <li key={`${route.allow} ${pathOf(route)}`} className="sd-open">
          <RiLockUnlockLine size={16} aria-hidden /> <code>{pathOf(route)}</code>{' '}
          {t(route.allow === 'unauthenticated' ? 'open.unauthenticated' : 'open.cookie')}
        </li>
      ))}
      {refusedRoutes.map((route) => (
        <li key={`refused ${pathOf(route)}`}>
          <RiLockLine size={16} aria-hidden /> <code>{pathOf(route)}</code> {t('open.refused')}
        </li>
      ))}
    </ul>
  );
}

function pathOf({ pluginId, path }: Route): string {
  return `/api/${pluginId}${path === '/' ? '' : path}`;
}
