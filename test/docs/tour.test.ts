import { cp, mkdir, rename, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProcess } from '../support/childProcess';
import { dropFolder } from '../support/bundles';
import { codeBlocks } from '../support/markdown';
import { launch, type Start } from '../support/npmStart';
import { patientShell } from '../support/patientShell';
import { repository } from '../support/repository';
import { runShown } from '../support/shownCommands';
import { makeTempDir, removeTempDir } from '../support/tempDir';
import { waitFor } from '../support/waitFor';

const example = 'examples/hello-dynamic-backend';
const drops = 'portal/dynamic-plugins-root';

/** A checkout as the tour changes it: the example is a copy, what the tour only uses is linked. */
let checkout: string;
let portal: Start;

beforeAll(async () => {
  checkout = await makeTempDir();
  await mkdir(join(checkout, 'examples'));
  await cp(join(repository, example), join(checkout, example), {
    recursive: true,
    filter: (path) => !/^(\.?dist|node_modules)|\.tgz$/.test(basename(path)),
  });
  for (const name of ['node_modules', 'cli']) await symlink(join(repository, name), join(checkout, name));
  // The tour begins with what `npm start` leaves there.
  portal = await launch(join(checkout, 'portal'));
});

afterAll(async () => {
  await portal?.child.stop();
  if (checkout) await removeTempDir(checkout);
});

/** Runs the commands of a README below `heading` in one shell, in `dir` of the checkout, against the portal. */
async function follow(readme: string, heading: string, dir = '.') {
  const blocks = await codeBlocks(join(repository, readme), heading);
  expect(blocks).not.toEqual([]);
  const script = blocks.join('\n').replaceAll('http://localhost:7007', portal.url);
  const patient = patientShell({ url: portal.url, root: join(checkout, drops) });
  return await runShown(`${patient}\n${script}`, { cwd: join(checkout, dir) });
}

const statuses = (output: string) => [...output.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => Number(match[1]));

describe('The five-minute tour', () => {
  test('exports the example as the author is told', async () => {
    const { code, stdout, stderr } = await follow('README.md', 'As a plugin author');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout + stderr).toContain('/api/hello/ping (unauthenticated)');
  });

  test('unloads, loads, calls and breaks plugins as the operator is told', async () => {
    const { code, stdout, stderr } = await follow('README.md', 'As a portal operator');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(statuses(stdout)).toEqual([404, 200, 401]);
    expect(stdout).toContain('"message": "Hello from app-config"');
    expect(stdout).toContain('"things": []');
    expect(stdout).toMatch(/"name": "broken-dynamic",[^}]*"state": "rejected"/);
    expect(stdout).toMatch(/"hint": "[^"]+"/);
  });
});

describe('The README of the example', () => {
  test('shows calls that work', async () => {
    const { code, stdout, stderr } = await follow(`${example}/README.md`, 'Call', example);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain('"userEntityRef": "user:development/guest"');
    expect(stdout.match(/"name": "lamp"/g)).toHaveLength(2);
  });

  test('shows an upgrade that keeps the rows', async () => {
    const archive = 'stagedoor-hello-dynamic-backend-dynamic-0.1.0.tgz';
    await rename(join(checkout, drops, archive), join(checkout, archive));
    await dropFolder(join(checkout, example, 'dist-dynamic'), join(checkout, drops), 'hello-dynamic-backend');
    const setVersion = ['pkg', 'set', 'version=0.2.0'];
    expect((await runProcess('npm', setVersion, { cwd: join(checkout, example) })).code).toBe(0);

    const { code, stderr } = await follow(`${example}/README.md`, 'Upgrade while it runs', example);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    await waitFor('the upgrade', async () => {
      const ping = (await (await fetch(`${portal.url}/api/hello/ping`)).json()) as { version?: string };
      return ping.version === '0.2.0';
    });
    // The calls add another lamp to the one that is there.
    expect((await follow(`${example}/README.md`, 'Call', example)).stdout.match(/"name": "lamp"/g)).toHaveLength(3);
  });
});
