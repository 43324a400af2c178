// A thread that stages drops and compiles their code while the portal starts. See aheadThread.ts.
import { blockingFileSystem } from '@stagedoor/bundle';
import { readFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { compile } from '../compile/compile';
import { stageDrop } from '../stage/stageDrop';
import type { AheadAnswer, AheadJob } from './messages';

type Job<K extends string> = Extract<AheadJob, Record<K, unknown>>;

const toStage: Array<Job<'drop'>> = [];
const toCompile = new Map<number, string>();
let busy = false;

parentPort!.on('message', (job: AheadJob) => {
  if ('drop' in job) toStage.push(job);
  else if ('compile' in job) toCompile.set(job.id, job.compile);
  else toCompile.delete(job.id);
  if (!busy) void work();
});

/** One job after the other; nothing can run that is not staged, so that comes first. */
async function work(): Promise<void> {
  busy = true;
  for (;;) {
    const drop = toStage.shift();
    if (drop) answer(await stage(drop));
    else {
      // The portal begins with the first: what it gets to last is the most likely to be of use.
      const [id, file] = [...toCompile].at(-1) ?? [];
      if (id === undefined) break;
      toCompile.delete(id);
      answer({ id, cache: cacheOf(file!) });
    }
    // Hears what was asked meanwhile.
    await new Promise((resolve) => setImmediate(resolve));
  }
  busy = false;
}

async function stage({ id, drop, shelves }: Job<'drop'>): Promise<AheadAnswer> {
  try {
    return { id, bundle: await stageDrop(drop, shelves, blockingFileSystem) };
  } catch {
    // The portal does it again itself, and says why it cannot be done.
    return { id };
  }
}

function cacheOf(file: string): Uint8Array | undefined {
  try {
    return new Uint8Array(compile(file, readFileSync(file, 'utf8')).createCachedData());
  } catch {
    return undefined;
  }
}

function answer(said: AheadAnswer): void {
  parentPort!.postMessage(said, said.cache ? [said.cache.buffer as ArrayBuffer] : []);
}
