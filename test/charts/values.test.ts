import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repository } from '../support/repository';
import { chart } from './helm';
import { defaults, schema, settings } from './valuesSchema';

describe('The values of the chart', () => {
  test('each have a schema with a description', () => {
    expect(settings.filter((setting) => !setting.description).map((setting) => setting.path)).toEqual([]);
  });

  test('are in the README with their defaults and descriptions, and no others', () => {
    const readme = readFileSync(join(chart, 'README.md'), 'utf8');
    const section = readme.slice(readme.indexOf('\n## Values\n'), readme.indexOf('\n## Split backends\n'));
    const rows = section.split('\n').filter((line) => line.startsWith('| `'));
    expect(rows.map(cells)).toEqual(
      settings.map(({ path, value, description }) => [
        `\`${path}\``,
        `\`${JSON.stringify(value)}\``,
        description?.replaceAll('|', '\\|'),
      ]),
    );
  });

  test('have a policy of what the loader has settings for, less those that the chart sets', () => {
    const { dynamicPlugins } = /dynamicPlugins\?: \{(?<dynamicPlugins>[^]*)\n {2}\};/.exec(
      readFileSync(join(repository, 'loader/config.d.ts'), 'utf8'),
    )?.groups as { dynamicPlugins: string };
    const keys = [...dynamicPlugins.matchAll(/^ {4}(\w+)\?:/gm)].map((match) => match[1] ?? '');
    const set = ['rootDirectory', 'stateDirectory', 'signatures', 'metrics'];
    expect(keys).toEqual(expect.arrayContaining(set));
    const policy = Object.keys(schema.properties?.policy?.properties ?? {});
    expect(policy.sort()).toEqual(keys.filter((key) => !set.includes(key)).sort());
  });

  test('are all of what the schema knows', () => {
    expect(Object.keys(defaults).sort()).toEqual(
      Object.keys(schema.properties ?? {})
        .filter((key) => key !== 'global')
        .sort(),
    );
  });
});

function cells(row: string): string[] {
  return row
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());
}
