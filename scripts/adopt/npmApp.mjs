import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { editJson } from './editJson.mjs';

/** Of create-app's Dockerfile. */
const DOCKERFILE = [
  [/^COPY .*\.yarn .*\n/m, ''],
  [/^(COPY .*)\.yarnrc\.yml /m, '$1.npmrc '],
  ['yarn.lock package.json', 'package-lock.json package.json'],
  [/yarn workspaces focus --all --production && .*/, 'npm ci --omit=dev'],
];

/** Makes npm the package manager of an app of create-app, as somebody would who has npm: Backstage itself knows Yarn only. */
export function moveToNpm(app) {
  for (const entry of ['.yarn', '.yarnrc.yml', 'yarn.lock']) rmSync(join(app, entry), { recursive: true, force: true });
  // Material UI 4 says that it does not fit React 18.
  writeFileSync(join(app, '.npmrc'), 'legacy-peer-deps=true\n');
  editJson(join(app, 'package.json'), (manifest) => {
    manifest.overrides = manifest.resolutions;
    manifest.scripts['build:backend'] = 'npm run build --workspace backend';
    delete manifest.resolutions;
    delete manifest.packageManager;
  });
  editJson(join(app, 'packages/backend/package.json'), ({ dependencies }) => (dependencies.app = 'file:../app'));
  const dockerfile = join(app, 'packages/backend/Dockerfile');
  const text = DOCKERFILE.reduce((steps, [yarn, npm]) => steps.replace(yarn, npm), readFileSync(dockerfile, 'utf8'));
  writeFileSync(dockerfile, text);
}
