import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../lib/failure.mjs';

/** The blocks of a page that a reader follows, in order: `bash` and `diff`. */
export function stepsOf(file) {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^```(bash|diff)\n([\s\S]*?)^```$/gm)].map(([, kind, body]) => ({ kind, body }));
}

/**
 * Does to the files of an app what a `diff` block of a page says: `+++ <path>`, then lines of the file after a blank, lines with `-` that
 * go, and lines with `+` that come after the line above them; those with none above come at the end of the file.
 */
export function applyDiff(app, body) {
  const [head, ...lines] = body.trimEnd().split('\n');
  const path = join(app, head.replace('+++ ', ''));
  let text = readFileSync(path, 'utf8');
  let at;
  for (const line of lines) {
    const content = `${line.slice(1)}\n`;
    if (line.startsWith('+')) {
      at ??= text.length;
      text = text.slice(0, at) + content + text.slice(at);
      at += content.length;
      continue;
    }
    const found = text.startsWith(content) ? 0 : text.indexOf(`\n${content}`) + 1;
    if (found === 0 && !text.startsWith(content))
      throw new Failure(`${path} has no line ${content}`, 'Correct the guide.');
    if (line.startsWith('-')) text = text.slice(0, found) + text.slice(found + content.length);
    at = line.startsWith('-') ? found : found + content.length;
  }
  writeFileSync(path, text);
}
