import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { markdownPages } from '../support/markdown';
import { repository } from '../support/repository';

/** One word for each idea, see docs/reference/glossary.md: what is written instead of these. */
const OTHER_WORDS: Array<[instead: RegExp, word: string]> = [
  [/\bremed(y|ies)\b/i, 'hint'],
  [/\bmonorepos?\b(?!\/)/i, 'workspace'],
  [/(?<!`)--no-verify\b/, '--no-start-check'],
  [/\b(vouch|culprit|suspect)(es|s|ed)?\b/i, 'a plain verb'],
];

const pages = markdownPages('**/CHANGELOG.md');

test.each(pages)('%s uses the words of the glossary', (page) => {
  expect(otherWords(page)).toEqual([]);
});

/** Sources whose messages and comments were written with the glossary. */
const ROOMS = ['bundle', 'loader', 'plugin-console', 'portal/app', 'portal/backend'].map((name) => `${name}/src`);

test.each(ROOMS)('messages and comments in %s use the words of the glossary', (room) => {
  const files = readdirSync(join(repository, room), { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => /\.tsx?$/.test(file)).map((file) => `${room}/${file}`);
  expect(sources).not.toEqual([]);
  expect(sources.flatMap(otherWords)).toEqual([]);
});

function otherWords(file: string): string[] {
  const text = readFileSync(join(repository, file), 'utf8');
  return OTHER_WORDS.flatMap(([instead, word]) => {
    const match = instead.exec(text);
    return match ? [`${file}: ${match[0]}: write ${word}`] : [];
  });
}
