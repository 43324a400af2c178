import { coreServices, createBackendModule, createExtensionPoint } from '@backstage/backend-plugin-api';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { startBackend, type RunningBackend } from '../../support/backend';
import { drop } from '../../support/greeter';
import { underLoad } from '../../support/load';
import { waitFor } from '../../support/waitFor';

const ADDS_DOCUMENTS = 'adds-documents-dynamic';

interface IndexRegistry {
  addCollator(options: { schedule: unknown; factory: { type: string; getCollator(): Promise<Readable> } }): void;
}

/** A collator of the portal's own. */
const ownDocuments = createBackendModule({
  pluginId: 'search',
  moduleId: 'own-documents',
  register(env) {
    env.registerInit({
      deps: {
        registry: createExtensionPoint<IndexRegistry>({ id: 'search.index.registry' }),
        scheduler: coreServices.scheduler,
      },
      async init({ registry, scheduler }) {
        registry.addCollator({
          // As modules of Backstage do: a build's index would be empty for the delay.
          schedule: scheduler.createScheduledTaskRunner({
            frequency: { seconds: 2 },
            timeout: { minutes: 1 },
            initialDelay: { seconds: 2 },
          }),
          factory: {
            type: 'own',
            getCollator: async () => Readable.from([{ title: 'own', text: 'portal', location: '/own' }]),
          },
        });
      },
    });
  },
});

/** Asks the search plugin; gives the documents found, as `<type>: <title>, <text>`. */
function searching(backend: RunningBackend, authorization: string): (query: string) => Promise<string[]> {
  return async (query) => {
    const response = await fetch(`${backend.url}/api/search/query?${query}`, { headers: { authorization } });
    if (response.status !== 200) return [`${response.status} ${await response.text()}`];
    const { results } = (await response.json()) as {
      results: Array<{ type: string; document: { title: string; text: string } }>;
    };
    return results.map(({ type, document }) => `${type}: ${document.title}, ${document.text}`).sort();
  };
}

test('What the search plugin has indexed in memory is found all the time, while modules for it come, change and go', async () => {
  const backend = await startBackend({
    prepare: (portal) => {
      portal.add(import('@backstage/plugin-search-backend'));
      portal.add(ownDocuments);
    },
  });
  const search = searching(backend, `Bearer ${await backend.token()}`);
  await waitFor('the first index', async () => (await search('term=')).length === 1);
  const { answers, sent } = await underLoad(
    50,
    async () => ((await search('term=')).some((found) => found.startsWith('own: own, portal')) ? 200 : 404),
    async () => {
      await drop(backend, 'adds-documents');
      await backend.until(ADDS_DOCUMENTS, 'running');
      await waitFor('all documents, all signed', async () =>
        same(await search('term='), ['extra: extra 1.0.0, brought signed', 'own: own, portal signed']),
      );
      await drop(backend, 'adds-documents', { version: '2.0.0' });
      await backend.until(ADDS_DOCUMENTS, 'running', '2.0.0');
      await waitFor('the documents of the new version', async () =>
        same(await search('term='), ['extra: extra 2.0.0, brought signed', 'own: own, portal signed']),
      );
      await rm(join(backend.root, 'adds-documents'), { recursive: true });
      await backend.until(ADDS_DOCUMENTS, 'gone');
      // Nobody is left who says who may see them.
      expect((await search('term=')).filter((found) => found.startsWith('extra'))).toEqual([]);
      await waitFor('only its own documents, unsigned', async () => same(await search('term='), ['own: own, portal']));
    },
  );
  expect(sent).toBeGreaterThan(20);
  expect([...answers.keys()]).toEqual(['200']);
});

function same(found: string[], expected: string[]): boolean {
  return JSON.stringify(found) === JSON.stringify(expected);
}
