import { RiLockLine, RiLockUnlockLine } from '@remixicon/react';
import type { Plugin, Route } from '../api/types';
import { isFrontend } from '../whereItRuns';

/** How much of a plugin answers callers without a session, set apart from what is closed. */
export function OpenMark({ plugin }: { plugin: Plugin }) {
  const open = plugin.openedRoutes.filter(({ allow }) => allow === 'unauthenticated');
  if (open.length === 0) {
    return (
      <span className="sd-quiet sd-icon-text">
        {isFrontend(plugin) ? (
          'its files'
        ) : (
          <>
            <RiLockLine size={16} aria-hidden /> nothing
          </>
        )}
      </span>
    );
  }
  return (
    <span className="sd-badge sd-open" title={open.map(pathOf).join('\n')}>
      <RiLockUnlockLine size={14} aria-hidden /> {open.length} open {open.length === 1 ? 'path' : 'paths'}
    </span>
  );
}

/** Every path that a plugin opens or wanted to open. */
export function OpenedRoutes({ plugin }: { plugin: Plugin }) {
  const { openedRoutes, refusedRoutes = [] } = plugin;
  if (isFrontend(plugin)) return <p>Browsers get its files without a session. It has no other paths.</p>;
  if (openedRoutes.length + refusedRoutes.length === 0) {
    return <p>Every path needs a session: nothing is open.</p>;
  }
  return (
    <ul className="sd-plain">
      {openedRoutes.map((route) => (
        <li key={`${route.allow} ${pathOf(route)}`} className="sd-open">
          <RiLockUnlockLine size={16} aria-hidden /> <code>{pathOf(route)}</code>{' '}
          {route.allow === 'unauthenticated' ? 'answers anybody, without a session' : "answers with a user's cookie"}
        </li>
      ))}
      {refusedRoutes.map((route) => (
        <li key={`refused ${pathOf(route)}`}>
          <RiLockLine size={16} aria-hidden /> <code>{pathOf(route)}</code> was declared open, and stays closed by
          dynamicPlugins.auth
        </li>
      ))}
    </ul>
  );
}

function pathOf({ pluginId, path }: Route): string {
  return `/api/${pluginId}${path === '/' ? '' : path}`;
}
