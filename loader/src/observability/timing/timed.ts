import { AsyncLocalStorage } from 'node:async_hooks';
import type { Span } from '../../adminApi';
import { runWhileNeeded } from '../../runWhileNeeded';

export type { Span };

interface Whole {
  began: number;
  /** Background work of plugins keeps the context of its start: it must not add to a completed tree. */
  done: boolean;
}

const current = new AsyncLocalStorage<{ span: Span; whole: Whole }>();

/** Times `work` as a step of the surrounding measurement, if there is one. Returns what `work` returns. */
export function timed<T>(name: string, label: string | undefined, work: () => T): T {
  const around = current.getStore();
  if (!around || around.whole.done) return work();
  const { span, end } = begin(name, label, around.whole);
  around.span.children.push(span);
  return current.run({ span, whole: around.whole }, () => ending(work, end));
}

/** Times `work` and every {@link timed} step in it, within the surrounding measurement, if there is one. */
export function timedWhole<T>(name: string, work: () => Promise<T>, onDone: (span: Span) => void): Promise<T> {
  const around = current.getStore();
  if (around && !around.whole.done) return work();
  const whole = { began: performance.now(), done: false };
  const { span, end } = begin(name, undefined, whole);
  return runWhileNeeded(current, { span, whole }, () =>
    ending(work, (failed) => {
      end(failed);
      whole.done = true;
      onDone(span);
    }),
  );
}

function begin(name: string, label: string | undefined, whole: Whole): { span: Span; end(failed: boolean): void } {
  const began = performance.now();
  const span: Span = {
    name,
    ...(label !== undefined && { label }),
    startMs: round(began - whole.began),
    durationMs: 0,
    children: [],
  };
  return {
    span,
    end: (failed) => {
      span.durationMs = round(performance.now() - began);
      if (failed) span.failed = true;
    },
  };
}

function ending<T>(work: () => T, end: (failed: boolean) => void): T {
  try {
    const result = work();
    if (result instanceof Promise)
      void result.then(
        () => end(false),
        () => end(true),
      );
    else end(false);
    return result;
  } catch (error) {
    end(true);
    throw error;
  }
}

/** To the hundredth of a millisecond. */
function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
