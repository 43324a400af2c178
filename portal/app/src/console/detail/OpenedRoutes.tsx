import { RiLockLine, RiLockUnlockLine } from '@remixicon/react';
import type { Plugin, Route } from '../api/types';

/** How much of a plugin answers callers without a session, set apart from what is closed. */
export function OpenMark({ routes }: { routes: Route[] }) {
  const open = routes.filter(({ allow }) => allow === 'unauthenticated');
  if (open.length === 0) {
    return (
      <span className="sd-quiet sd-icon-text">
        <RiLockLine size={16} aria-hidden /> nothing
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
  if (openedRoutes.length + refusedRoutes.length === 0) {
    return <p>Every path needs a session: nothing is open.</p>;
  }
  return (
    <ul className="sd-routes">
      {openedRoutes.map((route) => (
        <li key={`${route.allow} ${pathOf(route)}`} className="sd-opened">
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
