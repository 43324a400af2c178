import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stagedoor } from '../cli/export/exportSupport';
import { startBackend } from '../support/backend';
import { dropFolder, fixtureBundle } from '../support/bundles';
import { tempDir } from '../support/tempDir';
import { PAGE, drop } from './page';

/** A page without its remote, as other tools leave a frontend package. */
async function withoutRemote(folder?: string): Promise<string> {
  const dir = await fixtureBundle(await tempDir(), 'page', { sealed: false });
  await rm(join(dir, 'dist/mf-manifest.json'));
  if (folder) {
    await mkdir(join(dir, folder));
    await writeFile(join(dir, folder, 'plugin-manifest.json'), '{}');
  }
  return dir;
}

describe('A frontend package that apps on the new frontend system cannot load', () => {
  test('is refused with the old system and the way out, where it is built for Scalprum', async () => {
    const backend = await startBackend();
    await dropFolder(await withoutRemote('dist-scalprum'), backend.root, 'page');
    const status = (await backend.until(PAGE, 'rejected'))!;
    expect(status.code).toBe('REMOTE_INVALID');
    expect(status.message).toBe(
      `${PAGE} is built for the old frontend system: it has a dist-scalprum folder, which apps on Scalprum load, but no ` +
        'dist/mf-manifest.json, which apps on the new frontend system load.',
    );
    expect(status.hint).toMatch(/supports the new frontend system.*convertLegacyPlugin/);
  });

  test('is refused with how to export it, and without a path of the portal, where it is not a remote at all', async () => {
    const backend = await startBackend();
    await dropFolder(await withoutRemote(), backend.root, 'page');
    const status = (await backend.until(PAGE, 'rejected'))!;
    expect(status).toMatchObject({
      code: 'REMOTE_INVALID',
      message: `${PAGE} is not a Module Federation remote: it has no dist/mf-manifest.json.`,
      hint: 'Export the plugin with `npx @stagedoor/cli export page`, and drop the complete output.',
    });
    await drop(backend, { version: '2.0.0', files: { 'dist/mf-manifest.json': '{' } });
    await expect
      .poll(async () => (await backend.plugins())[0]!.message)
      .toBe(`${PAGE} is not a Module Federation remote: mf-manifest.json is not JSON.`);
    expect(JSON.stringify(await backend.plugins())).not.toContain(backend.stateDir);
  });

  test('is an error of `stagedoor doctor` in the root directory of a portal', async () => {
    const portal = await tempDir();
    await mkdir(join(portal, 'plugins'));
    await dropFolder(await withoutRemote('dist-scalprum'), join(portal, 'plugins'), 'page');
    await writeFile(join(portal, 'app-config.yaml'), JSON.stringify({ dynamicPlugins: { rootDirectory: 'plugins' } }));
    await writeFile(join(portal, 'package.json'), JSON.stringify({ name: 'portal', private: true }));
    const { code, stdout } = await stagedoor(portal, 'doctor', '--json');
    const { findings } = JSON.parse(stdout) as { findings: Array<{ code?: string; message: string; fix: string }> };
    expect(code).not.toBe(0);
    expect(findings.find((finding) => finding.code === 'REMOTE_INVALID')).toMatchObject({
      message: expect.stringContaining('is built for the old frontend system'),
      fix: expect.stringContaining('convertLegacyPlugin'),
    });
  });
});
