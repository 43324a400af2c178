import { ConfigSources } from '@backstage/config-loader';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConfigFiles } from '../../../loader/src/host/configFiles';
import { mountFiles } from '../../support/kubelet';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';

describe('Config files of a running portal', () => {
  test('are taken each time that the kubelet replaces their folder', async () => {
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        const dir = await tempDir();
        await mountFiles(dir, { 'app-config.yaml': 'round: 0' });
        const { config } = await follow(join(dir, 'app-config.yaml'));
        for (let round = 1; round <= 6; round++) {
          await mountFiles(dir, { 'app-config.yaml': `round: ${round}` });
          await waitFor(`round ${round}`, async () => config.getNumber('round') === round);
        }
      }),
    );
  });

  test('stay as they were while one cannot be read, and are taken when it can', async () => {
    const file = join(await tempDir(), 'app-config.yaml');
    await writeFile(file, 'title: first');
    const { config, refused } = await follow(file);
    await writeFile(file, 'title: [');
    await waitFor('the refusal', async () => refused.length > 0);
    await writeFile(file, 'title: [[');
    await waitFor('the second refusal', async () => refused.length > 1);
    expect(config.getString('title')).toBe('first');
    expect(refused[0]).toContain('Flow sequence');
    await writeFile(file, 'title: second');
    await waitFor('the second title', async () => config.getString('title') === 'second');
    expect(refused).toHaveLength(2);
  });

  test('are taken with what they include', async () => {
    const dir = await tempDir();
    await writeFile(join(dir, 'token.txt'), 'first');
    await writeFile(join(dir, 'app-config.yaml'), 'token:\n  $file: ./token.txt');
    const { config } = await follow(join(dir, 'app-config.yaml'));
    expect(config.getString('token')).toBe('first');
    for (const token of ['second', 'third']) {
      await writeFile(join(dir, 'token.txt'), token);
      await waitFor(token, async () => config.getString('token') === token);
    }
  });

  test('override one another in their order, and the environment overrides them all', async () => {
    const dir = await tempDir();
    await writeFile(join(dir, 'app-config.yaml'), 'title: first\nport: 1');
    await writeFile(join(dir, 'app-config.local.yaml'), 'port: 2');
    process.env.APP_CONFIG_title = '"of the environment"';
    onTestFinished(() => void delete process.env.APP_CONFIG_title);
    const { config } = await follow(join(dir, 'app-config.yaml'), join(dir, 'app-config.local.yaml'));
    expect(config.get()).toMatchObject({ title: 'of the environment', port: 2 });
    await writeFile(join(dir, 'app-config.local.yaml'), 'port: 3');
    await waitFor('the other port', async () => config.getNumber('port') === 3);
  });
});

async function follow(...files: string[]) {
  const refused: string[] = [];
  const source = new ConfigFiles(
    files.flatMap((file) => ['--config', file]),
    (reason) => refused.push(reason),
  );
  const config = await ConfigSources.toConfig(source);
  onTestFinished(() => config.close());
  return { config, refused };
}
