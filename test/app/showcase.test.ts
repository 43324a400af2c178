import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startService } from '../../examples/plain-service/service.mjs';
import { openPage, startBrowser } from '../support/browser';
import { dropFolder } from '../support/bundles';
import { freePort } from '../support/freePort';
import { helloBundle } from '../support/hello';
import { startPortal, type Portal } from '../support/portal';
import { untilState } from '../support/portalPlugins';
import { tempDir } from '../support/tempDir';
import { HELLO } from '../support/hello';

let service: Awaited<ReturnType<typeof startService>>;
let portal: Portal;
let browser: Browser;

beforeAll(async () => {
  const port = await freePort();
  service = await startService({ port: 0, allowOrigin: `http://localhost:${port}` });
  [portal, browser] = await Promise.all([startPortal({ port, env: { SERVICE_URL: service.url } }), startBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await portal?.stop();
  await service?.stop();
});

type Press = (label: string, title: string) => Promise<ReturnType<Page['getByRole']>>;

/** Opens the first page. Gives what presses a button there, and returns where the answer of its card is told. */
async function open(): Promise<Press> {
  const { page, errors } = await openPage(browser, portal.url);
  onTestFinished(() => expect(errors).toEqual([]));
  return async (label, title) => {
    await page.getByRole('button', { name: label }).click();
    return page.getByRole('status', { name: `Answer: ${title}` });
  };
}

describe('the first page', () => {
  test('calls through the proxy, and shows which headers passed', async () => {
    const press = await open();
    const answer = await press('Call through the proxy', 'Through the proxy');
    await answer.getByText('200 OK').waitFor();
    for (const [header, fate] of [
      ['x-request-id', 'reached the service'],
      ['x-internal', 'stayed in the portal'],
      ['authorization', 'stayed in the portal'],
    ]) {
      await answer.getByText(`${header} ${fate}`).waitFor();
    }
  });

  test('pings the bundled backend, and calls it with a session and without', async () => {
    const press = await open();
    const missing = await press('Ping the bundled backend', 'A bundled backend');
    await missing.getByText('The bundle of the hello example does not run').waitFor();

    await dropFolder(await helloBundle(await tempDir(), '1.0.0', '--no-start-check'), portal.root, 'hello');
    await untilState(portal, HELLO, 'running');
    const ping = await press('Ping the bundled backend', 'A bundled backend');
    await ping.getByText('"message": "Hello from app-config"').waitFor();
    const things = await press('Call with my session', 'A bundled backend');
    await things.getByText('"things": []').waitFor();
    const refused = await press('Call without a session', 'A bundled backend');
    await refused.getByText('401').first().waitFor();
  });

  test('calls a service directly, and shows what is seen where CORS or CSP is missing', async () => {
    const press = await open();
    const direct = await press('Call directly', 'A direct call');
    await direct.getByText('"url": "/things"').waitFor();

    const cors = await press('Where CORS is missing', 'A direct call');
    await cors.getByText('TypeError: Failed to fetch').waitFor();
    await cors.getByText(`lacks access-control-allow-origin: ${portal.url}`).waitFor();

    const csp = await press('Where CSP forbids it', 'A direct call');
    await csp.getByText('TypeError: Failed to fetch').waitFor();
    await csp.getByText('List http://127.0.0.1').waitFor();
  });
});
