import { UNTIL_DONE } from '../support/adminApi';
import { packBundle } from '@stagedoor/bundle';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openPage, seriousFaults, startBrowser } from '../support/browser';
import { dropFolder, fixtureBundle, type FixtureOptions } from '../support/bundles';
import { GREETER } from '../support/greeter';
import { startPortal, type Portal } from '../support/portal';
import { pluginsOf, untilGone, untilState } from '../support/portalPlugins';
import { tempDir } from '../support/tempDir';

let portal: Portal;
let browser: Browser;

beforeAll(async () => {
  [portal, browser] = await Promise.all([
    startPortal({
      config: {
        dynamicPlugins: { plugins: { 'takes-sockets': { isolation: 'process' } } },
        reads: { greeting: 'Ahoy' },
      },
    }),
    startBrowser(),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await portal?.stop();
});

/** Drops a fixture as `entry` until the running test ends. */
async function drop(fixture: string, options: FixtureOptions = {}, entry = fixture): Promise<void> {
  await dropFolder(await fixtureBundle(await tempDir(), fixture, options), portal.root, entry);
  onTestFinished(async () => {
    const name = `${fixture}-dynamic`;
    const status = (await pluginsOf(portal)).find((plugin) => plugin.name === name);
    if (status?.state === 'disabled') await operate(name, 'enable');
    await rm(join(portal.root, entry), { recursive: true, force: true });
    await untilGone(portal, name);
  });
}

async function operate(name: string, kind: string): Promise<void> {
  const path = `/api/dynamic-plugins/v1/plugins/${name}/${kind}`;
  expect((await portal.fetch(path, { method: 'POST', token: true, headers: { prefer: UNTIL_DONE } })).status).toBe(200);
}

async function show(path: string): Promise<Page> {
  const { page, errors } = await openPage(browser, portal.url + path);
  onTestFinished(() => expect(errors).toEqual([]));
  return page;
}

/** Asks for an action on the page of a plugin and agrees. */
async function act(page: Page, label: string): Promise<void> {
  await page.getByRole('group', { name: 'Actions' }).getByRole('button', { name: label }).click();
  await page.getByRole('dialog').getByRole('button', { name: label }).click();
}

const row = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });

describe('the list of plugins', () => {
  test('says so when there are none, and shows a drop when the portal tells of it, without a reload', async () => {
    const page = await show('/plugins');
    // What the page asks for again and again it gets in time: here only an event can tell it.
    await page.addInitScript('window.setInterval = () => 0');
    await page.reload();
    await page.getByText('There are no plugins yet.').waitFor();
    // Held by this page alone: a reload would lose it.
    await page.evaluate('window.sinceLoad = true');
    await drop('greeter');
    await row(page, GREETER).getByText('running').waitFor();
    await rm(join(portal.root, 'greeter'), { recursive: true });
    await page.getByText('There are no plugins yet.').waitFor();
    expect(await page.evaluate('window.sinceLoad')).toBe(true);
  });

  test('says who may see it to a user who may not, and asks less and less often', async () => {
    const page = await (await browser.newContext()).newPage();
    onTestFinished(async () => await page.context().close());
    let asked: string[] = [];
    let refuses = true;
    await page.clock.install();
    await page.route('**/api/dynamic-plugins/v1/**', async (route) => {
      if (!refuses) return await route.continue();
      asked.push(new URL(route.request().url()).pathname.split('/').pop()!);
      const error = { code: 'NOT_PERMITTED', message: 'No.', hint: 'Ask the platform team.' };
      await route.fulfill({ status: 403, json: { error } });
    });
    await page.goto(`${portal.url}/plugins`);
    await page.clock.runFor(1000);
    await page.getByText('Only operators, and users with permission').waitFor();
    await page.getByText('Ask the platform team.').waitFor();
    asked = [];
    for (let minute = 0; minute < 5; minute += 1) {
      for (let second = 0; second < 60; second += 2) {
        await page.clock.runFor(2000);
        // What the page has asked for meanwhile is answered.
        await page.evaluate(() => fetch('/'));
      }
    }
    // By the list and by the notice of new pages, nine times each in five minutes; not every second.
    expect(asked.filter((path) => path === 'events').length).toBeGreaterThan(3);
    expect(asked.length, String(asked)).toBeLessThan(24);
    refuses = false;
    await page.clock.runFor(60_000);
    await page.getByText('There are no plugins yet.').waitFor();
  });

  test('tells why a bundle does not run, and what to do about it', async () => {
    await drop('greeter', { packageJson: { backstage: { role: 'cli' } }, sealed: false });
    const page = await show('/plugins');
    await row(page, GREETER).getByText('rejected').waitFor();
    await row(page, GREETER).getByText('ROLE_UNSUPPORTED').waitFor();
    await row(page, GREETER).getByRole('link', { name: GREETER }).click();
    await page.getByRole('alert').getByText('Hint:').waitFor();
  });

  test('is searched and narrowed by links that can be shared', async () => {
    await drop('greeter');
    await drop('throws-in-init');
    await untilState(portal, 'throws-in-init-dynamic', 'failed');
    const page = await show('/plugins?state=failed');
    await page.getByText('1 of 2 plugins').waitFor();
    expect(await row(page, GREETER).count()).toBe(0);
    await page.getByRole('searchbox', { name: 'Search plugins' }).fill('greet');
    await page.getByText('No matching plugins (2 hidden by the filter).').waitFor();
    await page.getByRole('button', { name: 'State' }).click();
    await page.getByRole('option', { name: 'All states' }).click();
    await row(page, GREETER).waitFor();
    expect(new URL(page.url()).search).toBe('?q=greet');
  });

  test('shows where the time of the start went', async () => {
    const page = await show('/plugins');
    await page.getByRole('button', { name: 'Start of the portal' }).click();
    const chart = page.getByRole('group', { name: 'Timing of the start of the portal' });
    await chart.getByText('start', { exact: true }).first().waitFor();
    expect(await chart.getByRole('listitem').count()).toBeGreaterThan(5);
  });

  test('keeps what it knows when the portal cannot be reached, says so, and recovers', async () => {
    await drop('greeter');
    const page = await show('/plugins');
    await row(page, GREETER).waitFor();
    await page.context().setOffline(true);
    await page.getByRole('alert').getByText('UNREACHABLE').waitFor();
    await row(page, GREETER).waitFor();
    await page.context().setOffline(false);
    await page.getByRole('alert').waitFor({ state: 'detached' });
  });
});

describe('the page of a plugin', () => {
  test('is reached by its name and holds what is known', async () => {
    await drop('opens-routes', {
      packageJson: { opens: ['/open'] },
      files: { 'sbom.cdx.json': JSON.stringify({ components: [{ name: 'lodash', version: '4.0.0' }] }) },
    });
    await untilState(portal, 'opens-routes-dynamic', 'running');
    const page = await show('/plugins/opens-routes-dynamic');
    const [status] = await pluginsOf(portal);
    const facts = page.locator('dl');
    for (const fact of [
      '1.0.0',
      status!.digest!,
      'backend-plugin',
      'opens-routes',
      "the portal's process",
      'not required by this portal',
    ]) {
      await facts.getByText(fact, { exact: true }).first().waitFor();
    }
    // A fact without a value is left out.
    expect(await facts.locator('dd').filter({ hasNotText: /\S/ }).count()).toBe(0);
    await page.getByText('answers everybody, without a session').first().waitFor();
    await page.getByText('lodash 4.0.0').waitFor();
    await page.getByText('It has no config schema.').waitFor();
    await page
      .getByRole('group', { name: /^Timing of the latest load/ })
      .getByText('validate')
      .waitFor();
  });

  test('shows the memory of a process of its own', async () => {
    await drop('takes-sockets');
    const status = await untilState(portal, 'takes-sockets-dynamic', 'running');
    const page = await show('/plugins/takes-sockets-dynamic');
    await page.locator('dl').getByText(String(status.process!.pid), { exact: true }).waitFor();
    await page
      .locator('dl')
      .getByText(/^\d+ MB$/)
      .waitFor();
  });

  test('names the keys of app-config that are set, and those that are not', async () => {
    await drop('reads-config');
    await untilState(portal, 'reads-config-dynamic', 'running');
    const page = await show('/plugins/reads-config-dynamic');
    await page.getByRole('listitem').filter({ hasText: 'reads.greeting' }).getByText('set', { exact: true }).waitFor();
    await page.getByRole('listitem').filter({ hasText: 'reads.token' }).getByText('secret').waitFor();
    await page.getByRole('listitem').filter({ hasText: 'reads.times' }).getByText('not set').waitFor();
  });

  test('says so when there is no such plugin', async () => {
    const page = await show('/plugins/@nobody/absent');
    await page.getByText('There is no plugin with this name').waitFor();
  });
});

describe('an action', () => {
  test('is done after a yes, and says how it went: reload, rollback, disable, enable', async () => {
    await drop('greeter');
    await untilState(portal, GREETER, 'running');
    await drop('greeter', { version: '2.0.0' });
    await untilState(portal, GREETER, 'running', '2.0.0');
    const page = await show(`/plugins/${GREETER}`);
    await act(page, 'Reload');
    await page.getByText('was reloaded.').waitFor();
    await act(page, 'Roll back');
    await page.getByText('was rolled back.').waitFor();
    expect(await (await portal.fetch('/api/greeter/version')).json()).toEqual({ version: '1.0.0' });
    await act(page, 'Disable');
    await page.getByText('is disabled.').waitFor();
    expect((await portal.fetch('/api/greeter/version')).status).toBe(404);
    await act(page, 'Enable');
    await page.getByText('is enabled.').waitFor();
    expect((await portal.fetch('/api/greeter/version')).status).toBe(200);
  });

  test('is not done after a no', async () => {
    await drop('greeter');
    await untilState(portal, GREETER, 'running');
    const page = await show(`/plugins/${GREETER}`);
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect((await pluginsOf(portal))[0]!.state).toBe('running');
  });

  test('can be done with the keyboard alone', async () => {
    await drop('greeter');
    await untilState(portal, GREETER, 'running');
    const page = await show('/plugins');
    await row(page, GREETER).waitFor();
    const focused = (): Promise<string> => page.evaluate('document.activeElement.textContent');
    const tabTo = async (text: string): Promise<void> => {
      for (let presses = 0; (await focused()) !== text; presses++) {
        if (presses > 40) throw new Error(`Tab does not reach ${text}, but ${await focused()}`);
        await page.keyboard.press('Tab');
      }
    };
    await tabTo(GREETER);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Disable' }).waitFor();
    await tabTo('Disable');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await tabTo('Disable');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('is disabled.').waitFor();
  });

  test('that fails says why', async () => {
    await drop('greeter');
    await untilState(portal, GREETER, 'running');
    const page = await show(`/plugins/${GREETER}`);
    await page.getByRole('button', { name: 'Reload' }).click();
    // Somebody else was faster.
    await operate(GREETER, 'disable');
    await page.getByRole('dialog').getByRole('button', { name: 'Reload' }).click();
    await page.getByRole('alert').getByText('PLUGIN_DISABLED').first().waitFor();
    await page.getByText('Hint:').first().waitFor();
  });
});

describe('an upload', () => {
  async function archive(options: FixtureOptions = {}): Promise<string> {
    const dir = await tempDir();
    const file = join(dir, 'my-greeter.tgz');
    await packBundle(await fixtureBundle(dir, 'greeter', options), file);
    onTestFinished(async () => {
      await rm(join(portal.root, 'greeter-dynamic.tgz'), { force: true });
      await untilGone(portal, GREETER);
    });
    return file;
  }

  test('runs after a yes', async () => {
    const page = await show('/plugins');
    await page.getByLabel('Bundle to install').setInputFiles(await archive());
    await page.getByRole('dialog').getByText('Install my-greeter.tgz?').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Install' }).click();
    await page.getByText('was installed.').waitFor();
    await row(page, GREETER).getByText('running').waitFor();
    expect((await portal.fetch('/api/greeter/version')).status).toBe(200);
  });

  test('can be dropped on the page', async () => {
    const page = await show('/plugins');
    const bytes = [...(await readFile(await archive()))].join();
    const data = await page.evaluateHandle(
      `const data = new DataTransfer(); data.items.add(new File([new Uint8Array([${bytes}])], 'dropped.tgz')); data`,
    );
    await page.getByText('You can also drop a .tgz file here').dispatchEvent('drop', { dataTransfer: data });
    await page.getByRole('dialog').getByRole('button', { name: 'Install' }).click();
    await row(page, GREETER).getByText('running').waitFor();
  });

  test('that is refused says why, and changes nothing', async () => {
    const page = await show('/plugins');
    const file = await archive({ manifest: { digest: '0'.repeat(64) } });
    await page.getByLabel('Bundle to install').setInputFiles(file);
    await page.getByRole('dialog').getByRole('button', { name: 'Install' }).click();
    await page.getByRole('alert').getByText('DIGEST_MISMATCH').waitFor();
    await page.getByText('There are no plugins yet.').waitFor();
  });
});

describe('a user who may not change plugins', () => {
  test('sees the actions disabled, why, and what to do about it; nothing is sent', async () => {
    const closed = await startPortal({ config: { dynamicPlugins: { operators: ['group:default/platform'] } } });
    onTestFinished(async () => void (await closed.stop()));
    await dropFolder(await fixtureBundle(await tempDir(), 'greeter'), closed.root, 'greeter');
    await untilState(closed, GREETER, 'running');
    const { page, errors } = await openPage(browser, `${closed.url}/plugins`);
    const sent: string[] = [];
    page.on('request', (request) => void (request.method() === 'POST' && sent.push(request.url())));
    const reason = page.getByRole('note');
    await reason.getByText('user:development/guest lacks the permission dynamic-plugins.plugin.install').waitFor();
    await reason.getByText('dynamicPlugins.operators').first().waitFor();
    expect(await page.getByRole('button', { name: 'Install a plugin' }).isDisabled()).toBe(true);
    expect(await page.getByLabel('Bundle to install').isDisabled()).toBe(true);
    const data = await page.evaluateHandle(
      `const data = new DataTransfer(); data.items.add(new File(['bytes'], 'dropped.tgz')); data`,
    );
    await page.locator('.sd-upload').dispatchEvent('drop', { dataTransfer: data });
    expect(await page.getByRole('dialog').count()).toBe(0);
    await row(page, GREETER).getByRole('link', { name: GREETER }).click();
    await reason.getByText('user:development/guest lacks the permission dynamic-plugins.plugin.operate').waitFor();
    for (const label of ['Reload', 'Disable']) {
      expect(await page.getByRole('button', { name: label }).isDisabled(), label).toBe(true);
    }
    expect(await seriousFaults(page)).toEqual([]);
    expect(sent).toEqual([]);
    expect(errors).toEqual([]);
  });

  test('is told where uploads are switched off', async () => {
    const closed = await startPortal({ config: { dynamicPlugins: { upload: { enabled: false } } } });
    onTestFinished(async () => void (await closed.stop()));
    const { page } = await openPage(browser, `${closed.url}/plugins`);
    await page.getByRole('note').getByText('UPLOAD_DISABLED').waitFor();
    expect(await page.getByRole('button', { name: 'Install a plugin' }).isDisabled()).toBe(true);
  });
});
