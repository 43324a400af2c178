import { expect, test } from 'vitest';
import { dropFolder } from '../../support/bundles';
import { HELLO, helloBundle } from '../../support/hello';
import { startPortal } from '../../support/portal';
import { pluginsOf, untilState } from '../../support/portalPlugins';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';

/** Of a process unit, on Node.js 20; later ones take some more by themselves. */
const BUDGET_BYTES = 110 * 1000 * 1000;

test('The hello example in a process of its own needs at most 110 MB at rest', async () => {
  await expectSmall({});
});

test('A confined process, with its membrane and the thread that watches, needs no more', async () => {
  await expectSmall({ process: { permissionModel: true } });
});

async function expectSmall(dynamicPlugins: object): Promise<void> {
  const portal = await startPortal({ config: { dynamicPlugins: { isolation: 'process', ...dynamicPlugins } } });
  try {
    await dropFolder(await helloBundle(await tempDir(), '1.0.0', '--no-start-check'), portal.root, 'hello');
    await untilState(portal, HELLO, 'running');
    for (let request = 0; request < 500; request++) {
      expect((await portal.fetch('/api/hello/ping')).status).toBe(200);
    }
    const rssBytes = async (): Promise<number> =>
      (await pluginsOf(portal)).find(({ name }) => name === HELLO)!.process!.rssBytes;
    const atRest = async (): Promise<number | false> => {
      const bytes = await rssBytes();
      return bytes > 0 && bytes <= BUDGET_BYTES ? bytes : false;
    };
    expect(await waitFor('the process to come to rest', atRest)).toBeLessThanOrEqual(BUDGET_BYTES);
  } finally {
    await portal.stop();
  }
}
