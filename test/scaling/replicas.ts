import { concurrently } from '@stagedoor/bundle';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runProcess } from '../support/childProcess';
import { stagedoorBin } from '../support/commandLine';
import type { Traffic, Meter } from './meter';
import { IMAGES, PACKAGES, UPGRADED, type Place, type Registries } from './registries';

/** True for `npm run scaling`: the whole simulation. The suite runs the same with fewer, smaller, and less patient ones. */
export const full = process.env.SCALING === 'full';

/** npm waits ten seconds before it tries again, a hundred before the next time, and that is all. */
const PATIENCE = full ? '' : 'fetch-retry-mintimeout=300\nfetch-retry-factor=2\nfetch-retries=6\n';

/** Init containers that run at the same moment. */
export const AT_ONCE = 4;

/** The kubelet waits ten seconds before it starts an init container again, then longer. */
const RESTART_MS = 10_000;
const MOST_RESTARTS = 3;

/** Replicas that start. */
export interface Start {
  replicas: number;
  place: Place;
  /** Root directory of a replica; replicas may share one. */
  root(replica: number): string;
  /** Whether the list has {@link UPGRADED} in version 1.1.0. */
  upgraded?: boolean;
}

/** What a start came to. */
export interface Outcome {
  replicas: number;
  /** Runs of the installer that failed, and were followed by another. */
  restarts: number;
  seconds: number;
  traffic: Traffic;
}

/** Runs the real installer for every replica, {@link AT_ONCE} at once. Throws where one does not get its plugins at last. */
export async function startReplicas(dir: string, registries: Registries, meter: Meter, start: Start): Promise<Outcome> {
  const { replicas, place, root, upgraded = false } = start;
  let restarts = 0;
  meter.take();
  const begin = performance.now();
  await concurrently(
    Array.from({ length: replicas }, (_, replica) => replica),
    async (replica) => {
      const home = join(dir, `home-${replica}`);
      await mkdir(home, { recursive: true });
      await writeFile(join(home, '.npmrc'), `registry=http://${place.npm}/\n${PATIENCE}`);
      await writeFile(join(home, 'dynamic-plugins.yaml'), JSON.stringify(listOf(place, registries, upgraded)));
      for (let restart = 0; ; restart++) {
        const failure = await install(home, root(replica));
        if (failure === undefined) return;
        if (restart === MOST_RESTARTS) throw new Error(failure);
        restarts++;
        await sleep(RESTART_MS * 2 ** restart);
      }
    },
    AT_ONCE,
  );
  const seconds = (performance.now() - begin) / 1000;
  return { replicas, restarts, seconds, traffic: meter.take() };
}

function listOf(place: Place, registries: Registries, upgraded: boolean): object {
  const version = (name: string) => (upgraded && name === UPGRADED ? '1.1.0' : '1.0.0');
  const images = IMAGES.map((name) => ({ package: `oci://${place.images}/plugins/${name}:${version(name)}!${name}` }));
  const packages = PACKAGES.map((name) => ({
    package: `${name}@${version(name)}`,
    integrity: registries.integrity(name),
  }));
  return { plugins: [...images, ...packages] };
}

/** What the installer has to say where it fails. */
async function install(home: string, root: string): Promise<string | undefined> {
  // A container has no settings of npm but those that are mounted.
  const settings = Object.keys(process.env).filter((name) => /^npm_config_/i.test(name));
  const env = { ...Object.fromEntries(settings.map((name) => [name, undefined])), PATH: '', HOME: home };
  const args = [stagedoorBin, 'install', '--config', join(home, 'dynamic-plugins.yaml'), root];
  const { code, stderr } = await runProcess(process.execPath, args, { cwd: home, env });
  return code === 0 ? undefined : stderr;
}
