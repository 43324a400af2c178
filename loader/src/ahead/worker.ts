// A thread that stages drops and compiles their code while the portal starts. See aheadThread.ts.
import { blockingFileSystem as fs } from '@stagedoor/bundle';
import { readFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { codeFiles } from '../compile/codeFiles';
import { compile } from '../compile/compile';
import { findDrop } from '../scan/drop';
import { PROMPT_TIMES, hasSettled, quiet } from '../scan/settle';
import { snapshot } from '../scan/snapshot';
import { stageDrop } from '../stage/stageDrop';
import { copySnapshot } from '../stage/stagedIndex';
import type { AheadAnswer, AheadJob, StagedAhead } from './messages';

type StageJob = Extract<AheadJob, { root: string }>;

const toStage: Array<StageJob & { entry: string }> = [];
const toCompile = new Set<string>();
let busy = false;

parentPort!.on('message', (job: AheadJob) => {
  if ('skip' in job) toCompile.delete(job.skip);
  else toStage.push(...job.entries.map((entry) => ({ ...job, entry })));
  if (!busy) void work();
});

/** One job at a time. Staging comes first, because nothing runs without it. */
async function work(): Promise<void> {
  busy = true;
  for (;;) {
    const job = toStage.shift();
    // The portal stages the rest itself, and reports why that fails.
    if (job) answer({ entry: job.entry, staged: await stage(job).catch(() => undefined) });
    else {
      // The portal begins with the first bundle, so the cache of the last is the most likely to be ready in time.
      const file = [...toCompile].at(-1);
      if (file === undefined) break;
      toCompile.delete(file);
      compileFile(file);
    }
    // Receives requests that came meanwhile.
    await new Promise((resolve) => setImmediate(resolve));
  }
  busy = false;
}

/**
 * Stages a drop that has settled and does not change meanwhile. A drop that may still be written is left to the portal, which
 * waits for it.
 */
async function stage({
  root,
  entry,
  shelves,
  compile: wanted,
}: StageJob & { entry: string }): Promise<StagedAhead | undefined> {
  const drop = await findDrop(root, entry);
  const seen = drop && (await snapshot(drop, fs));
  if (!seen || !(await hasSettled(drop, seen, PROMPT_TIMES, fs))) return undefined;
  const bundle = await stageDrop(drop, shelves, fs);
  const copy = await copySnapshot(bundle.dir, fs);
  if ((await quiet(drop, seen.text, PROMPT_TIMES.quietMs, fs)) !== seen.text) return undefined;
  if (wanted) for (const { file } of await codeFiles(bundle)) toCompile.add(file);
  return { bundle, seen: seen.text, copy };
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
