import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../lib/failure.mjs';

/** The blocks of a page that a reader follows, in order: `bash` and `diff`. */
export function stepsOf(file) {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^```(bash|diff)\n([\s\S]*?)^```$/gm)].map(([, kind, body]) => ({ kind, body }));
}

/**
 * Does to the files of an app what a `diff` block of a page says: `+++ <path>`, then lines with `-` that are in the file, each
 * replaced by the line with `+` that follows; lines with `+` alone are added at its end.
 */
export function applyDiff(app, body) {
  const [head, ...lines] = body.trimEnd().split('\n');
  const path = join(app, head.replace('+++ ', ''));
  let text = readFileSync(path, 'utf8');
  let added = '';
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index];
    if (line.startsWith('-')) {
      const old = `${line.slice(1)}\n`;
      if (!text.includes(old)) throw new Failure(`${path} has no line ${old}`, 'Correct the guide.');
      const next = lines[index + 1]?.startsWith('+') ? `${lines[++index].slice(1)}\n` : '';
      text = text.replace(old, () => next);
    } else added += `${line.slice(1)}\n`;
  }
  writeFileSync(path, text);
  appendFileSync(path, added);
}
