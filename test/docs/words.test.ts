import { readFileSync } from 'node:fs';
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
  const text = readFileSync(join(repository, page), 'utf8');
  const found = OTHER_WORDS.flatMap(([instead, word]) => {
    const match = instead.exec(text);
    return match ? [`${match[0]}: write ${word}`] : [];
  });
  expect(found).toEqual([]);
});
