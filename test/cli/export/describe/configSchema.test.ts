import { loadConfigSchema, type ConfigSchema } from '@backstage/config-loader';
import type { JsonObject } from '@backstage/types';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTempDir, removeTempDir } from '../../../support/tempDir';
import { collectConfigSchemas } from '../../../../cli/src/export/describe/configSchema';
import type { InstalledPackage } from '../../../../cli/src/export/source/installedPackage';
import { copyFixture, exported } from '../exportSupport';

let parent: string;
let text: string;
let path: string;
let schema: ConfigSchema;

beforeAll(async () => {
  parent = await makeTempDir();
  ({ path } = await exported(await copyFixture('config-schemas', parent)));
  text = await readFile(join(path, 'dist/configSchema.json'), 'utf8');
  schema = await loadConfigSchema({ serialized: JSON.parse(text) as JsonObject });
});
afterAll(() => removeTempDir(parent));

/** What a frontend would be told of a config. */
function visible(data: JsonObject): unknown {
  return schema.process([{ data, context: 'app-config.yaml' }], { visibility: ['frontend'] })[0]?.data;
}

describe('The config schema of a bundle', () => {
  it('is under the names of both loaders, the same', async () => {
    expect(await readFile(join(path, 'dist/.config-schema.json'), 'utf8')).toBe(text);
  });

  it('holds what the plugin and the packages in the bundle declare, in whatever form, and nothing of others', () => {
    const { schemas } = JSON.parse(text) as { schemas: Array<{ path: string }> };
    expect(schemas.map((entry) => entry.path)).toEqual([
      '@fixture/config-schemas/config.d.ts',
      '@fixture/declares-inline/package.json',
      '@fixture/declares-json/config.schema.json',
      '@fixture/declares-types/config.d.ts',
    ]);
  });

  it('follows the imports of a config.d.ts and needs no other file', () => {
    expect(visible({ configSchemas: { every: { minutes: 5 }, shape: { corners: 4 } } })).toEqual({
      configSchemas: { shape: { corners: 4 } },
    });
    const { schemas } = JSON.parse(text) as { schemas: Array<{ value: object }> };
    expect(schemas[0]!.value).toHaveProperty('properties.configSchemas.properties', {
      every: { anyOf: [expect.objectContaining({ type: 'object' }), { type: 'string' }] },
      token: { type: 'string', visibility: 'secret' },
      shape: {
        type: 'object',
        properties: { corners: { type: 'number' } },
        required: ['corners'],
        deepVisibility: 'frontend',
      },
    });
    expect(() => visible({ fromTypes: 'c' })).toThrow('must be equal to one of the allowed values');
    expect(text).not.toContain(parent);
  });

  it('keeps who may see a value', () => {
    const data = { configSchemas: { token: 'secret' }, fromJson: 'json', fromInline: 'inline', fromTypes: 'a' };
    expect(visible(data)).toEqual({ fromJson: 'json', fromTypes: 'a' });
  });
});

describe('A config schema that does not compile', () => {
  const broken = async (dir: string): Promise<InstalledPackage> => {
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, 'package.json'), JSON.stringify({ name: 'broken', configSchema: 'config.d.ts' }));
    await writeFile(
      join(dir, 'config.d.ts'),
      "import { Gone } from './src/gone';\nexport interface Config { gone: Gone }\n",
    );
    return {
      name: 'broken',
      version: '1.0.0',
      dir,
      manifest: { name: 'broken', configSchema: 'config.d.ts' } as never,
    };
  };

  it('is left out with a warning where the package was installed, and refused where it can be corrected', async () => {
    const { schemas, warnings } = await collectConfigSchemas(
      [await broken(join(parent, 'node_modules/broken'))],
      undefined,
    );
    expect(schemas).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining('the config schema of broken@1.0.0 is left out: ')]);
    const own = collectConfigSchemas([await broken(join(parent, 'own'))], undefined);
    await expect(own).rejects.toMatchObject({ code: 'CONFIG_SCHEMA_INVALID' });
  });
});
