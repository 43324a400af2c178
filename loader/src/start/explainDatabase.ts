import type { StagedoorError } from '@stagedoor/bundle';
import { rephraseError } from '@stagedoor/bundle';
import { StartFailure } from './startFailure';
import { countMigrations, showNames } from '../migrations/compare';
import type { DatabaseReport, DatabaseSetup } from '../migrations/databaseUse';

/** Adds to the errors of a start what the build did to the database before, and which newer migrations it found. */
export function explainDatabase(
  failure: StartFailure,
  { newer, added }: DatabaseReport,
  recorded: DatabaseSetup['recorded'],
): StartFailure {
  const sentences: string[] = [];
  if (added.length > 0) {
    const names = added.map(({ name }) => name);
    sentences.push(
      `Before it failed, it migrated the database (${countMigrations(names.length)}: ${showNames(names)}).`,
    );
  }
  if (newer.length > 0) {
    const names = newer.map(({ name }) => name);
    const version = recorded.find(({ name }) => names.includes(name))?.version ?? 'a newer build';
    sentences.push(
      `It runs on a database that ${version} has migrated (${countMigrations(names.length)}: ${showNames(names)}).`,
    );
  }
  if (sentences.length === 0) return failure;
  const migrated = added.length > 0 ? { migrated: added.map(({ name }) => name) } : {};
  const told = (fault: StagedoorError): StagedoorError =>
    ABOUT_DATABASE.has(fault.code) || fault.message.includes(sentences[0]!)
      ? fault
      : rephraseError(fault, [fault.message, ...sentences].join(' '), migrated);
  const modules = new Map([...failure.modules].map(([id, fault]) => [id, told(fault)]));
  return new StartFailure(
    failure.pluginId,
    failure.plugin && told(failure.plugin),
    modules,
    failure.allowed,
    failure.result,
  );
}

/** Errors that already say it. */
const ABOUT_DATABASE: ReadonlySet<string> = new Set(['DATABASE_NEWER', 'DATABASE_LOCKED', 'DATABASE_UNREADABLE']);
