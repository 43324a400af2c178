import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { onTestFinished } from 'vitest';
import { startProcess, type Exit } from './childProcess';
import { freePort } from './freePort';
import { patience } from './patience';
import { repository } from './repository';
import { tempDir } from './tempDir';
import { waitFor } from './waitFor';

/** What a comparison of both hosts does with each. */
export interface Scenario {
  /** Of test/fixtures/hosts/compared/backend.cjs. */
  features: string[];
  /** Laid over `backend` in app-config. */
  backend?: Record<string, unknown>;
  /** Asked for one after the other when the host is ready. */
  paths?: string[];
  /** Parts of lines that the host is to have logged before anything is asked for. */
  untilLogged?: string[];
  /** Part of a line that tells that the host has read a config file that was changed. */
  untilChanged?: string;
  /** Ends the host when it is ready; for one that ends by itself, none. */
  signal?: NodeJS.Signals;
}

/** What a host did, without what no two runs have in common. */
export interface Course {
  exit: Exit;
  /** Status, names of headers and body by path. */
  answers: Record<string, [status: number, headers: string[], body: string]>;
  /** Lines of the log, in the order of their text. */
  lines: string[];
}

/** Runs the app's backend with `createBackend()` or `createDynamicBackend()` as a process. */
export async function runHost(host: 'plain' | 'dynamic', scenario: Scenario): Promise<Course> {
  const dir = await tempDir();
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const file = join(dir, 'app-config.yaml');
  const configure = (watched: string): Promise<void> =>
    writeFile(file, JSON.stringify({ ...configFor(url, port, scenario), watched }));
  await configure('first');
  await writeFile(join(dir, 'package.json'), JSON.stringify({ name: 'root', version: '1.0.0', private: true }));
  const script = join(repository, 'test/fixtures/hosts/compared/backend.cjs');
  const child = startProcess(process.execPath, [script, '--config', file], {
    cwd: dir,
    env: { HOST: host, FEATURES: scenario.features.join(','), NODE_ENV: 'development', NO_COLOR: '1' },
  });
  onTestFinished(async () => void (await child.stop('SIGKILL')));
  const answers: Course['answers'] = {};
  const clean = (text: string): string =>
    withoutChance(text.replaceAll(dir, '<dir>').replaceAll(String(port), '<port>'));
  if (scenario.signal) {
    const ready = (): Promise<boolean> =>
      fetch(`${url}/.backstage/health/v1/readiness`).then(
        ({ ok }) => ok,
        () => false,
      );
    await waitFor(`${host} to be ready`, async () => child.exit() !== undefined || (await ready()), patience.startMs);
    for (const part of scenario.untilLogged ?? []) {
      await waitFor(part, async () => child.output().includes(part));
    }
    for (const path of scenario.paths ?? []) {
      const response = await fetch(url + path);
      answers[path] = [response.status, [...response.headers.keys()], clean(await response.text())];
    }
    if (scenario.untilChanged) {
      await configure('second');
      await waitFor('the changed config', async () => child.output().includes(scenario.untilChanged!));
    }
    await child.stop(scenario.signal);
  }
  const exit = await child.exited;
  return { exit, answers, lines: linesOf(child.output()).map(clean).sort() };
}

function configFor(url: string, port: number, { backend }: Scenario): Record<string, unknown> {
  return {
    app: { baseUrl: url },
    backend: {
      baseUrl: url,
      listen: { host: '127.0.0.1', port },
      database: { client: 'better-sqlite3', connection: ':memory:' },
      ...backend,
    },
    auth: { providers: { guest: {} } },
    permission: { enabled: true },
    techdocs: { builder: 'local', generator: { runIn: 'local' }, publisher: { type: 'local' } },
  };
}

/** Lines of the log with what belongs to them; stacks are of the files of either host. */
function linesOf(output: string): string[] {
  return output.split('\n').filter((line) => line.trim() !== '' && !/^\s+at /.test(line));
}

function withoutChance(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, '<uuid>')
    .replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<token>')
    .replace(/"expiresInSeconds": \d+/g, '"expiresInSeconds": <seconds>')
    .replace(/(\\?n\s+at [^\n"]*)+/g, '')
    .replace(/stack="[^"]*"/g, 'stack=<stack>')
    .replace(/" \d{3} (\d+|-) "/g, (match) => match.replace(/ (\d+|-) "$/, ' <length> "'))
    .replace(/contentLength=\d+/g, 'contentLength=<length>')
    .replace(/waiting for \d+ other/g, 'waiting for <count> other');
}
