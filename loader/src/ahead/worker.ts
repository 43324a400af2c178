// A thread that stages drops and compiles their code while the portal starts. See aheadThread.ts.
import { blockingFileSystem } from '@stagedoor/bundle';
import { readFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { codeFiles } from '../compile/codeFiles';
import { compile } from '../compile/compile';
import { snapshot } from '../scan/snapshot';
import { stageDrop } from '../stage/stageDrop';
import type { AheadAnswer, AheadJob, StagedAhead } from './messages';

type StageJob = Extract<AheadJob, { drop: unknown }>;

const toStage: StageJob[] = [];
const toCompile = new Set<string>();
let busy = false;

parentPort!.on('message', (job: AheadJob) => {
  if ('skip' in job) toCompile.delete(job.skip);
  else toStage.push(job);
  if (!busy) void work();
});

/** One job after the other. Nothing can run that is not staged, so that comes first. */
async function work(): Promise<void> {
  busy = true;
  for (;;) {
    const job = toStage.shift();
    if (job) answer(await stage(job));
    else {
      // The portal begins with the first: the cache of what it comes to last is the most likely to be of use.
      const file = [...toCompile].at(-1);
      if (file === undefined) break;
      toCompile.delete(file);
      compileFile(file);
    }
    // Hears what was asked meanwhile.
    await new Promise((resolve) => setImmediate(resolve));
  }
  busy = false;
}

async function stage({ drop, shelves, compile: compiles }: StageJob): Promise<StagedAhead> {
  const { entry } = drop;
  try {
    const seen = (await snapshot(drop)).text;
    const bundle = await stageDrop(drop, shelves, blockingFileSystem);
    if (compiles) for (const { file } of await codeFiles(bundle)) toCompile.add(file);
    return { entry, seen, bundle };
  } catch {
    // The portal does it again itself, and says why it cannot be done.
    return { entry };
  }
}

function compileFile(file: string): void {
  try {
    const cache = new Uint8Array(compile(file, readFileSync(file, 'utf8')).createCachedData());
    answer({ file, cache });
  } catch {
    // The portal says why.
  }
}

function answer(said: AheadAnswer): void {
  parentPort!.postMessage(said, 'cache' in said ? [said.cache.buffer as ArrayBuffer] : []);
}
