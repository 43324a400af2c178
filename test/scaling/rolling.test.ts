import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dropFolder } from '../support/bundles';
import { HELLO, helloBundle } from '../support/hello';
import { underLoad } from '../support/load';
import { patience } from '../support/patience';
import { portalDir, startPortal, type Portal } from '../support/portal';
import { untilState } from '../support/portalPlugins';
import { startPostgres, type Postgres } from '../support/postgres';
import { startRoundRobin, type RoundRobin } from '../support/roundRobin';
import { makeTempDir, removeTempDir } from '../support/tempDir';
import { waitFor } from '../support/waitFor';

/** How long a Service still sends requests to a pod that is told to end. */
const LAG_MS = 1000;
const SHUTDOWN_DELAY_SECONDS = 2;
const PER_SECOND = 12;

// Four portals start, two of them while the others serve.
describe('Two replicas on one PostgreSQL', { timeout: patience.longTestMs }, () => {
  let postgres: Postgres;
  let bundles: string;
  /** All that were started. */
  const replicas: Portal[] = [];

  beforeAll(async () => {
    bundles = await makeTempDir();
    const made = ['1.0.0', '2.0.0', '3.0.0'].map((version) => helloBundle(bundles, version));
    [postgres] = await Promise.all([startPostgres(), ...made]);
    for (let count = 0; count < 2; count++) replicas.push(await replica('1.0.0'));
  }, patience.longTestMs);

  afterAll(async () => {
    await Promise.all(replicas.map((portal) => portal.stop('SIGKILL')));
    await postgres?.stop();
    if (bundles) await removeTempDir(bundles);
  });

  test('serve every request while each takes an upgrade up without a restart', async () => {
    const { rows } = await client();
    const load = await underLoad(PER_SECOND, rows.request, async () => {
      await rows.untilAnswers('1.0.0');
      for (const { root } of replicas) {
        await dropFolder(join(bundles, 'hello-2.0.0'), root, 'hello');
        await rows.untilAnswers('2.0.0');
      }
      for (const portal of replicas) await untilState(portal, HELLO, 'running', '2.0.0');
    });
    expect([...load.answers.keys()].sort()).toEqual(['1.0.0', '2.0.0', 'row read', 'row written']);
    await rows.allThere();
    expect(await rows.versions(10)).toEqual(new Set(['2.0.0']));
  });

  test('serve every request while their pods are replaced by such with another version of a plugin', async () => {
    const { service, rows } = await client();
    const load = await underLoad(PER_SECOND, rows.request, async () => {
      await rows.untilAnswers('2.0.0');
      for (const ending of [...replicas]) {
        const starting = await replica('3.0.0');
        replicas.push(starting);
        service.add(starting.port);
        await rows.untilAnswers('3.0.0');
        const ended = ending.stop();
        await sleep(LAG_MS);
        service.remove(ending.port);
        expect(await ended).toEqual({ code: 0, signal: null });
      }
    });
    expect([...load.answers.keys()].sort()).toEqual(['2.0.0', '3.0.0', 'row read', 'row written']);
    await rows.allThere();
    expect(await rows.versions(10)).toEqual(new Set(['3.0.0']));
  });

  /** A Service before the replicas, and a client that one of them has signed in. */
  async function client(): Promise<{ service: RoundRobin; rows: Rows }> {
    const service = await startRoundRobin();
    for (const { port } of replicas) service.add(port);
    return { service, rows: new Rows(service, await replicas[1]!.guestToken()) };
  }

  /** A pod that has installed a version of the plugin, and is ready. */
  async function replica(version: string): Promise<Portal> {
    const dir = await mkdtemp(join(bundles, 'pod-'));
    const root = join(dir, 'root');
    await mkdir(root);
    await dropFolder(join(bundles, `hello-${version}`), root, 'hello');
    return await startPortal({
      dir,
      root,
      configFiles: ['app-config.yaml', 'app-config.production.yaml'].map((name) => join(portalDir, name)),
      env: { ...postgres.env, PORTAL_BASE_URL: 'http://localhost' },
      config: {
        auth: { environment: 'development' },
        backend: { lifecycle: { serverShutdownDelay: { seconds: SHUTDOWN_DELAY_SECONDS } } },
      },
    });
  }
});

/** A client of the hello plugin that knows which rows it was promised. */
class Rows {
  readonly #service: RoundRobin;
  readonly #token: string;
  readonly #written: string[] = [];
  #seen = new Set<string>();
  #count = 0;

  constructor(service: RoundRobin, token: string) {
    this.#service = service;
    this.#token = token;
  }

  /** Asks for the version, writes a row or reads all in turn; what it came to, or what is wrong. */
  readonly request = async (): Promise<string> => {
    const count = this.#count++;
    // Of no number of replicas a multiple: each replica gets requests of every kind.
    const kind = count % 5;
    if (kind <= 1) return await this.#version();
    if (kind <= 3) return await this.#write(`row ${count}`);
    const promised = [...this.#written];
    const read = new Set(await this.#read());
    return promised.every((row) => read.has(row)) ? 'row read' : 'a row is missing';
  };

  /** Waits until some replica answers with a version. */
  async untilAnswers(version: string): Promise<void> {
    this.#seen = new Set();
    await waitFor(`a replica to answer with ${version}`, async () => this.#seen.has(version), patience.startMs);
  }

  /** Versions in so many answers. */
  async versions(count: number): Promise<Set<string>> {
    const answers = new Set<string>();
    for (let left = count; left > 0; left--) answers.add(await this.#version());
    return answers;
  }

  /** Every row that was promised can be read. */
  async allThere(): Promise<void> {
    expect(await this.#read()).toEqual(expect.arrayContaining(this.#written));
  }

  async #version(): Promise<string> {
    const response = await fetch(`${this.#service.url}/api/hello/ping`);
    if (!response.ok) return await faultOf(response);
    const { version } = (await response.json()) as { version: string };
    this.#seen.add(version);
    return version;
  }

  async #write(name: string): Promise<string> {
    const response = await fetch(`${this.#service.url}/api/hello/things`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    });
    if (response.status !== 201) return await faultOf(response);
    await response.arrayBuffer();
    this.#written.push(name);
    return 'row written';
  }

  async #read(): Promise<string[]> {
    const headers = { authorization: `Bearer ${this.#token}` };
    const response = await fetch(`${this.#service.url}/api/hello/things`, { headers });
    if (!response.ok) throw new Error(await faultOf(response));
    return ((await response.json()) as { things: Array<{ name: string }> }).things.map(({ name }) => name);
  }
}

async function faultOf(response: Response): Promise<string> {
  return `${response.status} ${(await response.text()).slice(0, 300)}`;
}
