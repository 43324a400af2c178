import type { RunningBackend } from './backend';
import { dropFolder, fixtureBundle, type FixtureOptions } from './bundles';
import { tempDir } from './tempDir';

/** Package name of test/fixtures/bundles/greeter. */
export const GREETER = 'greeter-dynamic';

/** What the greeter's open route says: its version, or the HTTP status when it does not say one. */
export async function greeterVersion(backend: Pick<RunningBackend, 'get'>): Promise<string | number> {
  const response = await backend.get('/api/greeter/version');
  return response.ok ? ((await response.json()) as { version: string }).version : response.status;
}

/** What modules have told the greeter. */
export async function greeterWords(backend: Pick<RunningBackend, 'get'>): Promise<string[]> {
  const response = await backend.get('/api/greeter/words');
  return ((await response.json()) as { words: string[] }).words;
}

/** Makes a bundle of a fixture and drops it under the fixture's name. */
export async function drop(
  backend: Pick<RunningBackend, 'root'>,
  fixture: string,
  options: FixtureOptions = {},
): Promise<void> {
  await dropFolder(await fixtureBundle(await tempDir(), fixture, options), backend.root, fixture);
}
