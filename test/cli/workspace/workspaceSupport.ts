import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { repository } from '../../support/repository';
import { tempDir } from '../../support/tempDir';

/** One entry of `--json` at a workspace root. */
export interface Outcome {
  name: string;
  folder: string;
  status: 'exported' | 'unchanged' | 'failed';
  result?: { name: string; path: string; digest: string; archive?: string; integrity?: string; pluginIds: string[] };
  error?: { code: string; message: string; hint: string };
}

/** Writes files by path below `dir`; objects become JSON. */
export async function writeFiles(dir: string, files: Record<string, string | object>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(dir, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  }
}

/**
 * A workspace in a fresh folder with what is installed here, a `-common` and a `-node` package that are only there as
 * source, and `count` plugins: one of them a module for another, all with the text of the common package.
 */
export async function workspaceOf(count: number): Promise<string> {
  const root = await tempDir();
  await writeFiles(root, {
    'package.json': { private: true, workspaces: ['packages/*', 'plugins/*'] },
    'package-lock.json': { lockfileVersion: 3, packages: {} },
    ...libraryFiles('shop-common', 'export const greeting = "hello";\n'),
    ...libraryFiles(
      'shop-node',
      'import { greeting } from "@acme/shop-common";\nexport const greet = (name: string) => `${greeting} ${name}`;\n',
    ),
    'packages/app/package.json': { name: '@acme/app', version: '1.0.0', backstage: { role: 'frontend' } },
    'packages/backend/package.json': { name: '@acme/backend', version: '1.0.0', backstage: { role: 'backend' } },
  });
  for (let number = 1; number < count; number++) await writeFiles(root, pluginFiles(`plugin-${number}`));
  await writeFiles(root, moduleFiles('plugin-1'));
  await mkdir(join(root, 'node_modules/@acme'), { recursive: true });
  await symlink(join(repository, 'node_modules/@backstage'), join(root, 'node_modules/@backstage'));
  for (const name of ['shop-common', 'shop-node']) {
    await symlink(`../../packages/${name}`, join(root, 'node_modules/@acme', name));
  }
  return root;
}

function libraryFiles(name: string, source: string): Record<string, string | object> {
  return {
    [`packages/${name}/package.json`]: {
      name: `@acme/${name}`,
      version: '1.0.0',
      main: 'src/index.ts',
      backstage: { role: name.endsWith('common') ? 'common-library' : 'node-library' },
      dependencies: name === 'shop-node' ? { '@acme/shop-common': '1.0.0' } : {},
    },
    [`packages/${name}/src/index.ts`]: source,
  };
}

function pluginFiles(id: string): Record<string, string | object> {
  return {
    [`plugins/${id}-backend/package.json`]: packageJson(`@acme/${id}-backend`, 'backend-plugin'),
    [`plugins/${id}-backend/src/index.ts`]: `
      import { coreServices, createBackendPlugin } from '@backstage/backend-plugin-api';
      import { greet } from '@acme/shop-node';
      export default createBackendPlugin({
        pluginId: '${id}',
        register(env) {
          env.registerInit({
            deps: { logger: coreServices.logger },
            async init({ logger }) { logger.info(greet('${id}')); },
          });
        },
      });`,
  };
}

function moduleFiles(of: string): Record<string, string | object> {
  return {
    [`plugins/${of}-backend-module-word/package.json`]: packageJson(
      `@acme/${of}-backend-module-word`,
      'backend-plugin-module',
    ),
    [`plugins/${of}-backend-module-word/src/index.ts`]: `
      import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
      import { greet } from '@acme/shop-node';
      export default createBackendModule({
        pluginId: '${of}',
        moduleId: 'word',
        register(env) {
          env.registerInit({
            deps: { logger: coreServices.logger },
            async init({ logger }) { logger.info(greet('word')); },
          });
        },
      });`,
  };
}

function packageJson(name: string, role: string): object {
  return {
    name,
    version: '1.0.0',
    private: true,
    license: 'Apache-2.0',
    main: 'src/index.ts',
    files: ['dist'],
    backstage: { role },
    dependencies: { '@backstage/backend-plugin-api': '^1.0.0', '@acme/shop-node': '1.0.0' },
  };
}
