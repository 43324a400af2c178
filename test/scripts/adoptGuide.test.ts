import { execFile } from 'node:child_process';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { applyDiff, stepsOf } from '../../scripts/adopt/guide.mjs';
import { layImage } from '../../scripts/adopt/image.mjs';
import { npmCommands } from '../../scripts/adopt/npmCommands.mjs';
import { repository } from '../support/repository';
import { tempDir } from '../support/tempDir';

test('A diff of a guide keeps lines, takes some out, and puts others below the line above them, or at the end', async () => {
  const app = await tempDir();
  await writeFile(join(app, 'App.tsx'), "import a from 'a';\nimport b from 'b';\n\nrun(a);\n");
  applyDiff(
    app,
    "+++ App.tsx\n import a from 'a';\n+import c from 'c';\n+import d from 'd';\n-run(a);\n+run(a, c);\n+run(d);\n",
  );
  expect(await readFile(join(app, 'App.tsx'), 'utf8')).toBe(
    "import a from 'a';\nimport c from 'c';\nimport d from 'd';\nimport b from 'b';\n\nrun(a, c);\nrun(d);\n",
  );
  await writeFile(join(app, '.gitignore'), 'node_modules\n');
  applyDiff(app, '+++ .gitignore\n+\n+dist\n');
  expect(await readFile(join(app, '.gitignore'), 'utf8')).toBe('node_modules\n\ndist\n');
  expect(() => applyDiff(app, '+++ .gitignore\n-mode\n')).toThrow('has no line mode');
});

/** The kinds of steps that create-app's Dockerfile has. */
const DOCKERFILE = `# A comment
FROM node:24-trixie-slim

# About packages
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\
    apt-get update && \\
    rm -rf /var/lib/apt/lists/*
USER node
WORKDIR /app
COPY --chown=node:node .yarn ./.yarn
ENV NODE_ENV=production
COPY --chown=node:node yarn.lock dist/skeleton.tar.gz ./
RUN tar xzf skeleton.tar.gz && rm skeleton.tar.gz
RUN --mount=type=cache,target=/home/node/.cache/yarn,uid=1000 \\
    echo "$NODE_ENV" >focused && rm -rf "$(yarn cache clean)"
COPY --chown=node:node app-config*.yaml ./
CMD ["node", "packages/backend"]
`;

test('An image is laid out by the steps of its Dockerfile, without those for the system', async () => {
  const app = await tempDir();
  const image = join(await tempDir(), 'image');
  await mkdir(join(app, '.yarn/releases'), { recursive: true });
  await mkdir(join(app, 'dist/packages'), { recursive: true });
  for (const file of [
    '.yarn/releases/yarn.cjs',
    'yarn.lock',
    'app-config.yaml',
    'app-config.production.yaml',
    'dist/packages/a',
  ])
    await writeFile(join(app, file), file);
  await promisify(execFile)('tar', ['czf', 'skeleton.tar.gz', 'packages'], { cwd: join(app, 'dist') });
  await writeFile(join(app, 'Dockerfile'), DOCKERFILE);
  const ran: string[] = [];
  const laid = await layImage({
    ...{ app, image, dockerfile: join(app, 'Dockerfile') },
    async run(script, env) {
      ran.push(script.replaceAll(/\s+/g, ' '));
      await promisify(execFile)('sh', ['-c', script], { cwd: image, env: { ...process.env, ...env } });
    },
  });
  expect(ran).toEqual(['tar xzf skeleton.tar.gz && rm skeleton.tar.gz', 'echo "$NODE_ENV" >focused']);
  expect(laid).toEqual({ command: ['node', 'packages/backend'], env: { NODE_ENV: 'production' } });
  expect(await readFile(join(image, 'focused'), 'utf8')).toBe('production\n');
  expect((await readdir(image)).sort()).toEqual([
    '.yarn',
    'app-config.production.yaml',
    'app-config.yaml',
    'focused',
    'packages',
    'yarn.lock',
  ]);
  expect(await readFile(join(image, '.yarn/releases/yarn.cjs'), 'utf8')).toBe('.yarn/releases/yarn.cjs');
});

test('Every command of the guide for adopters has a form for npm', () => {
  const blocks = stepsOf(join(repository, 'docs/getting-started/adopt.md')).filter(({ kind }) => kind === 'bash');
  const commands = blocks.map(({ body }) => npmCommands(body)).join('');
  expect(commands).not.toMatch(/^yarn/m);
  expect(commands).toContain('npm install --workspace backend @stagedoor/loader ');
  expect(commands).toContain(
    "npm pkg delete 'dependencies.@internal/backstage-plugin-todo' --workspace app\nnpm install\n",
  );
  expect(() => npmCommands('yarn dlx x\n')).toThrow('What is `yarn dlx x` with npm?');
});
