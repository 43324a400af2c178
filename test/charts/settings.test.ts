import { concurrently } from '@stagedoor/bundle';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { tryTemplate, valuesFile, valuesNames } from './helm';
import { settings } from './valuesSchema';

type Values = { [key: string]: Values };

test('Every setting of the chart does something: without it, one of the value files renders otherwise', async () => {
  const files = (await valuesNames()).map((name) => parse(readFileSync(valuesFile(name), 'utf8')) as Values);
  const atOnce = availableParallelism();
  const withAll = await concurrently(files, render, atOnce);
  const idle = await concurrently(
    settings,
    async ({ path }) => {
      for (const [index, file] of files.entries()) {
        if (has(file, path) && (await render(dropped(file, path))) !== withAll[index]) return [];
      }
      return [path];
    },
    atOnce,
  );
  expect(idle.flat()).toEqual([]);
});

/** What Helm gives for them, or has against them. */
async function render(values: Values): Promise<string> {
  const { stdout, stderr } = await tryTemplate([], values);
  return stdout || stderr;
}

function has(values: Values, path: string): boolean {
  let at: Values | undefined = values;
  for (const key of path.split('.')) {
    if (typeof at !== 'object' || at === null || !(key in at)) return false;
    at = at[key];
  }
  return true;
}

/** A copy without that setting. */
function dropped(values: Values, path: string): Values {
  const copy = structuredClone(values);
  const keys = path.split('.');
  const last = keys.pop()!;
  delete keys.reduce((at, key) => at[key]!, copy)[last];
  return copy;
}
