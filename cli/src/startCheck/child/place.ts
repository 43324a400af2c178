import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * The first stack line that lies in the bundle: `src/plugin.ts:12 (dist/index.cjs.js:4500)`, the former only where a
 * source map knows it. Undefined when the error never passed through the bundle.
 */
export function ownPlace(error: unknown, bundleDir: string): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  for (const [, url, path, line, column] of stack.matchAll(framesIn(bundleDir))) {
    const file = url === undefined ? join(bundleDir, path!) : fileURLToPath(url + path!);
    const inBundle = `${relative(bundleDir, file)}:${line}`;
    const source = sourcePlace(file, Number(line), Number(column ?? 1), bundleDir);
    return source ? `${source} (${inBundle})` : inBundle;
  }
  return undefined;
}

/** Text with every path into the bundle made relative to it. */
export function withoutDir(text: string, bundleDir: string): string {
  return text.replaceAll(urlOf(bundleDir), '').replaceAll(bundleDir + sep, '');
}

/** What the names of ES modules of the bundle begin with. */
export function urlOf(bundleDir: string): string {
  return pathToFileURL(bundleDir + sep).href;
}

/** The stack of a syntax error begins with `file:line`; those of all others hold `at name (file:line:column)`. */
function framesIn(bundleDir: string): RegExp {
  const [url, path] = [urlOf(bundleDir), bundleDir + sep].map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const top = `(?:(${url})|${path})`;
  return new RegExp(`(?:^|\\(|at |async )${top}([^\\n()]*?):(\\d+)(?::(\\d+))?\\)?$`, 'gm');
}

function sourcePlace(file: string, line: number, column: number, bundleDir: string): string | undefined {
  const entry = sourceMapOf(file)?.findEntry(line - 1, column - 1);
  if (!entry || !('originalSource' in entry)) return undefined;
  const source = relative(bundleDir, join(dirname(file), decoded(entry.originalSource)))
    .split(sep)
    .join('/');
  // The bundle lies elsewhere than where it was built: only what follows the climb means something.
  return `${source.replace(/^(\.\.\/)+/, '')}:${entry.originalLine + 1}`;
}

/** Sources are URLs; not all tools encode what they write. */
function decoded(source: string): string {
  try {
    return decodeURIComponent(source);
  } catch {
    return source;
  }
}

function sourceMapOf(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')) as SourceMapPayload);
  } catch {
    // Absent or broken: the line in the bundle has to do, and the error itself matters more.
    return undefined;
  }
}
