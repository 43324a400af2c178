import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { repository } from '../support/repository';
import { AT_ONCE, type Outcome } from './replicas';

const doc = join(repository, 'docs/scaling.md');
const BEGIN = '<!-- begin of figures: npm run scaling -->';
const END = '<!-- end of figures -->';
const HEADING = [
  'volumes',
  'replicas',
  'requests of each',
  'of all',
  'turned away',
  'MB sent',
  'in flight at once',
  'restarts',
  'seconds',
];

/** Puts the figures into docs/scaling.md; rows of what was not simulated stay. */
export async function writeFigures(outcomes: ReadonlyMap<string, Outcome>): Promise<void> {
  const rows = new Map(rowsOf(await readFile(doc, 'utf8')).map((row) => [row[0], row]));
  for (const [name, { replicas, restarts, seconds, traffic }] of outcomes) {
    const { requests, refused, bytes, peak } = traffic;
    const figures = [replicas, round(requests / replicas), requests, refused, round(bytes / 1e6), peak, restarts];
    rows.set(name, [name, ...figures.map(String), String(Math.round(seconds))]);
  }
  const lines = [HEADING, HEADING.map(() => '---'), ...rows.values()];
  const table = lines.map((row) => `| ${row.join(' | ')} |`).join('\n');
  const where = `Taken with ${AT_ONCE} installers at once, on a machine of ${cpus().length} processors that ran registries and installers.`;
  const text = await readFile(doc, 'utf8');
  const [before = '', after = ''] = [text.slice(0, text.indexOf(BEGIN)), text.slice(text.indexOf(END))];
  const options = { ...(await resolveConfig(doc)), parser: 'markdown' };
  await writeFile(doc, await format(`${before}${BEGIN}\n\n${table}\n\n${where}\n\n${after}`, options));
  process.stdout.write(`${table}\n`);
}

/** Requests of each replica in a row of the documentation. */
export function figuresIn(name: string): number {
  const row = rowsOf(readFileSync(doc, 'utf8')).find(([first]) => first === name);
  const cell = row?.[HEADING.indexOf('requests of each')];
  if (!cell) throw new Error(`docs/scaling.md has no figures for ${name}`);
  return Number(cell);
}

/** Cells of the table of figures, without heading. */
function rowsOf(text: string): string[][] {
  const lines = text.slice(text.indexOf(BEGIN), text.indexOf(END)).split('\n');
  const rows = lines.filter((line) => line.startsWith('|')).slice(2);
  return rows.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
