import { join } from 'node:path';
import { hostWithDrops } from '../lib/hostWithDrops.mjs';
import { formatMs, median } from '../lib/numbers.mjs';
import { SETTLE_MS } from '../lib/settle.mjs';
import { variant } from '../lib/variants.mjs';

/** From a drop to its first answer, less the settle time. */
export async function compareDrops({ dir, hello, runs, report }) {
  const { host, drop } = await hostWithDrops(join(dir, 'drops'));
  try {
    const times = [];
    for (let i = 0; i < runs.drops; i++) {
      const pluginId = `dropped-${i}`;
      const bundle = await variant(hello, join(dir, `drops/bundle-${i}`), { name: `${pluginId}-backend`, pluginId });
      times.push((await drop(bundle, pluginId, `/api/${pluginId}/ping`, 200)) - SETTLE_MS);
    }
    report.table(
      'From a drop to its first answer, settle time excluded',
      ['', 'time', 'budget'],
      [
        ['median', formatMs(median(times)), '≤ 100 ms'],
        ['longest', formatMs(Math.max(...times)), ''],
      ],
    );
    report.budget('drop to first answer', median(times) <= 100);
  } finally {
    await host.stop();
  }
}
