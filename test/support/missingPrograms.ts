import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { findProgram, PACKAGES, type Program } from './debianProgram';

const root = join(import.meta.dirname, '..');

/** Test files that cannot run here, as paths below test/, and a line for each program that they lack. */
export interface NotRun {
  files: string[];
  lines: string[];
}

/**
 * Which test files need a program that is not installed. A test file needs a program when it, or what it imports of this suite, calls
 * `debianProgram` with its name.
 */
export function notRunHere(): NotRun {
  const missing = (Object.keys(PACKAGES) as Program[]).filter((program) => !findProgram(program));
  const files = missing.length > 0 ? testFiles(root).map((file) => ({ file, needs: programsOf(file) })) : [];
  const lacking = (program: Program) =>
    files.filter(({ needs }) => needs.has(program)).map(({ file }) => relative(root, file));
  return {
    files: [...new Set(missing.flatMap(lacking))],
    lines: missing.map((program) => {
      const names = lacking(program).map((file) => file.replace(/\.test\.ts$/, ''));
      const count = `${names.length} test file${names.length === 1 ? '' : 's'}`;
      return `${program} is not installed (apt-get install ${PACKAGES[program]}): ${count} not run: ${names.join(', ')}`;
    }),
  };
}

function testFiles(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return ['node_modules', 'fixtures'].includes(entry.name) ? [] : testFiles(path);
    return entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

function programsOf(file: string, seen = new Set<string>()): Set<Program> {
  const programs = new Set<Program>();
  if (seen.has(file)) return programs;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, name] of text.matchAll(/\bdebianProgram\('([\w-]+)'\)/g)) programs.add(name as Program);
  for (const [, path] of text.matchAll(/^(?:import|export) (?!type )[^;]*?from '(\.[^']+)';$/gm)) {
    const imported = `${join(dirname(file), path!)}.ts`;
    if (existsSync(imported)) programsOf(imported, seen).forEach((program) => programs.add(program));
  }
  return programs;
}
