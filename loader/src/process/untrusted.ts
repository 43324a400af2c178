import { codes, restoreError, type ErrorCode, type StagedoorError } from '@stagedoor/bundle';
import type { DatabaseReport } from '../migrations/databaseUse';
import type { DeclaredRoute, DeclaredWebSocket } from '../start/openedRoutes';
import { StartFailure } from '../start/startFailure';
import type { Registered, Routes } from './messages';

const LONGEST_TEXT = 10_000;
const MOST_ITEMS = 1000;
/** Knex's limit for the name of a migration. */
const LONGEST_NAME = 255;
const ID = /^[a-z][a-z0-9_-]*$/i;

/**
 * Messages of a child may come from its plugin: every function here validates them and keeps only values of the expected
 * form.
 */

/** An error with a code; `fallback` if it has none. */
export function faultFrom(value: unknown, fallback: { code: ErrorCode; message: string }): StagedoorError {
  const { code, message, hint, details } = record(value);
  const known = typeof code === 'string' && Object.hasOwn(codes, code);
  return restoreError({
    code: known ? (code as ErrorCode) : fallback.code,
    message: text(message) ?? fallback.message,
    hint: known ? text(hint) : undefined,
    details: known && details !== null && typeof details === 'object' ? record(details) : undefined,
  });
}

/** The registrations of a bundle; undefined if they are malformed. */
export function registeredFrom(value: unknown): Registered | undefined {
  const { pluginIds, modules } = record(value);
  if (!Array.isArray(pluginIds) || !Array.isArray(modules)) return undefined;
  return {
    pluginIds: pluginIds.slice(0, MOST_ITEMS).filter(isId),
    modules: modules.slice(0, MOST_ITEMS).flatMap((module) => {
      const { pluginId, moduleId } = record(module);
      return isId(pluginId) && isId(moduleId) ? [{ pluginId, moduleId }] : [];
    }),
  };
}

/** The routes of a unit, without those outside `mayMount`; undefined if they are malformed. */
export function routesFrom(value: unknown, pluginId: string, mayMount: ReadonlySet<string>): Routes | undefined {
  const { paths, openedRoutes, refusedRoutes, webSockets } = record(value);
  if (!Array.isArray(paths)) return undefined;
  const declared = (list: unknown): DeclaredRoute[] =>
    (Array.isArray(list) ? list.slice(0, MOST_ITEMS) : []).flatMap((route) => {
      const { path, allow, owner } = record(route);
      if (allow !== 'unauthenticated' && allow !== 'user-cookie') return [];
      return [{ pluginId, path: text(path) ?? '', allow, owner: text(owner) }];
    });
  return {
    paths: paths.filter((path): path is string => mayMount.has(path as string)),
    openedRoutes: declared(openedRoutes),
    refusedRoutes: declared(refusedRoutes),
    webSockets: (Array.isArray(webSockets) ? webSockets.slice(0, MOST_ITEMS) : []).map((socket): DeclaredWebSocket => {
      const { path, open, owner } = record(socket);
      return { path: text(path) ?? '', open: open === true, owner: text(owner) };
    }),
  };
}

/** The reason why a unit did not start; undefined if it is malformed. */
export function startFailureFrom(value: unknown, pluginId: string): StartFailure | undefined {
  const { plugin, modules, allowed } = record(value);
  if (!Array.isArray(modules)) return undefined;
  const fallback = { code: 'INIT_FAILED', message: `Plugin '${pluginId}' did not start.` } as const;
  const faults = modules.slice(0, MOST_ITEMS).flatMap((entry: unknown) => {
    const [moduleId, fault] = Array.isArray(entry) ? (entry as unknown[]) : [];
    return isId(moduleId) ? [[moduleId, faultFrom(fault, fallback)] as const] : [];
  });
  const own = plugin === undefined ? undefined : faultFrom(plugin, fallback);
  return new StartFailure(pluginId, own, new Map(faults), allowed === true);
}

/** The database report of a unit about its bundles. */
export function databaseReportFrom(value: unknown, bundles: ReadonlyArray<{ name: string }>): DatabaseReport {
  const { newer, present, added } = record(value);
  const migrations = (list: unknown): DatabaseReport['present'] =>
    (Array.isArray(list) ? list.slice(0, MOST_ITEMS) : []).flatMap((one) => {
      const { owner, name, inCode } = record(one);
      const known = bundles.find((bundle) => bundle.name === owner);
      return known && typeof name === 'string'
        ? [{ owner: known.name, name: name.slice(0, LONGEST_NAME), ...(inCode === true && { inCode }) }]
        : [];
    });
  return { newer: migrations(newer), present: migrations(present), added: migrations(added) };
}

/** An object, empty for anything else. */
export function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** A string of limited length; undefined for anything else. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, LONGEST_TEXT) : undefined;
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}
