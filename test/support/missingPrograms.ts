import { readFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findProgram, PACKAGES, type Program } from './debianProgram';

/** A program that is not installed, and the test files that cannot run without it. */
export interface MissingProgram {
  program: Program;
  /** The Debian package that brings it. */
  package: string;
  files: string[];
}

/**
 * Which of `files`, absolute paths, need programs that are not installed. A test file needs a program when it, or what it imports
 * of this suite, calls `debianProgram` with its name.
 */
export function missingPrograms(files: readonly string[]): MissingProgram[] {
  const missing = (Object.keys(PACKAGES) as Program[]).filter((program) => !findProgram(program));
  if (missing.length === 0) return [];
  const needs = new Map(files.map((file) => [file, programsOf(file)]));
  return missing
    .map((program) => ({
      program,
      package: PACKAGES[program],
      files: files.filter((file) => needs.get(file)!.has(program)),
    }))
    .filter(({ files }) => files.length > 0);
}

function programsOf(file: string, seen = new Set<string>()): Set<Program> {
  const programs = new Set<Program>();
  if (seen.has(file)) return programs;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, name] of text.matchAll(/\bdebianProgram\('([\w-]+)'\)/g)) programs.add(name as Program);
  for (const [, path] of text.matchAll(/^import (?!type )[^;]*?from '(\.[^']+)';$/gm)) {
    const imported = `${join(dirname(file), path!)}.ts`;
    if (existsSync(imported)) programsOf(imported, seen).forEach((program) => programs.add(program));
  }
  return programs;
}
