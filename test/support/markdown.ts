import { readFile } from 'node:fs/promises';
import { globSync } from 'tinyglobby';
import { repository } from './repository';

/** The Markdown pages of this repository, as paths in it, but what tests and builds leave there and what `ignore` names. */
export function markdownPages(...ignore: string[]): string[] {
  const made = ['**/node_modules/**', '**/dist*/**', '.cache/**', 'test/fixtures/**', '**/dynamic-plugins-root/**'];
  return globSync('**/*.md', { cwd: repository, dot: true, ignore: [...made, ...ignore] });
}

/** The code of all blocks marked `language` that stand below `heading`, up to the next heading of any level. */
export async function codeBlocks(file: string, heading: string, language = 'sh'): Promise<string[]> {
  const section = (await readFile(file, 'utf8')).split(/^(?=#{1,6} )/m).find((text) => {
    return text.split('\n', 1)[0]?.replace(/^#+ /, '') === heading;
  });
  if (section === undefined) throw new Error(`${file} has no heading '${heading}'`);
  return outsideCode(section).code.flatMap((block) => (block.language === language ? [block.text] : []));
}

/** The code of all blocks of a file that are marked `language`. */
export async function allCodeBlocks(file: string, language: string): Promise<string[]> {
  const { code } = outsideCode(await readFile(file, 'utf8'));
  return code.flatMap((block) => (block.language === language ? [block.text] : []));
}

/** Targets of all links and pictures outside of code, as written. */
export async function linkTargets(file: string): Promise<string[]> {
  const { prose } = outsideCode(await readFile(file, 'utf8'));
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
}

/** Code in single backticks in the first column of all tables below `heading`. */
export async function firstColumnCode(file: string, heading: string): Promise<string[]> {
  const text = await readFile(file, 'utf8');
  const section = text.slice(text.indexOf(`\n## ${heading}\n`));
  const cells = section.split('\n').flatMap((line) => (line.startsWith('| ') ? [line.split('|')[1] ?? ''] : []));
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''));
}

function outsideCode(text: string): { prose: string; code: Array<{ language: string; text: string }> } {
  const code: Array<{ language: string; text: string }> = [];
  const prose = text.replace(/^```(\w*)\n([\s\S]*?)^```$/gm, (_, language: string, block: string) => {
    code.push({ language, text: block });
    return '';
  });
  return { prose, code };
}
