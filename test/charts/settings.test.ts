import { concurrently } from '@stagedoor/bundle';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { tryTemplate, valuesFile, valuesNames } from './helm';
import { settings } from './valuesSchema';

type Values = { [key: string]: Values };

it('Every setting of the chart does something: without it, one of the value files renders otherwise', async () => {
  const files = (await valuesNames()).map((name) => parse(readFileSync(valuesFile(name), 'utf8')) as Values);
  const withAll = await render(files);
  const idle = await concurrently(
    settings,
    async ({ path }) => {
      const setting = files.flatMap((file, index) => (has(file, path) ? [index] : []));
      const without = await render(setting.map((index) => dropped(files[index]!, path)));
      return setting.some((index, at) => withAll[index] !== without[at]) ? [] : [path];
    },
    availableParallelism(),
  );
  expect(idle.flat()).toEqual([]);
});

/** What Helm gives for each, or has against it. */
async function render(all: Values[]): Promise<string[]> {
  const outcomes: string[] = [];
  for (const values of all) {
    const { stdout, stderr } = await tryTemplate([], values);
    outcomes.push(stdout || stderr);
  }
  return outcomes;
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
