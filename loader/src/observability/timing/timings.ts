import type { LoggerService } from '@backstage/backend-plugin-api';
import { formatSpan } from './formatSpan';
import { reportSpan } from './reportSpan';
import { timedWhole, type Span } from './timed';

/** Step that every load of a bundle has, labelled with its name. */
export const BUNDLE_STEP = 'bundle';

/** Timing of the start, and of the latest load of each bundle. */
export class Timings {
  #start: Span = { name: 'start', startMs: 0, durationMs: 0, children: [] };
  readonly #latest = new Map<string, Span>();
  #logger: LoggerService | undefined;

  /** Logs every tree from now on at level debug, including that of the start. */
  set logger(logger: LoggerService) {
    this.#logger = logger;
  }

  /** Times the start of the portal. */
  start<T>(work: () => Promise<T>): Promise<T> {
    return timedWhole('start', work, (span) => {
      this.#start = span;
      this.#take(span);
    });
  }

  /** Times a load while the portal runs. */
  load<T>(work: () => Promise<T>): Promise<T> {
    return timedWhole('load', work, (span) => this.#take(span));
  }

  /** The tree of the start; empty until that has ended. */
  get boot(): Span {
    return this.#start;
  }

  /** The steps that the latest load of a bundle took: those labelled with its name, its drop, or a plugin it is part of. */
  ofBundle(name: string, labels: readonly string[]): Span[] | undefined {
    const tree = this.#latest.get(name);
    return tree && labelled(tree, new Set([name, ...labels]));
  }

  /** Forgets the loads of a bundle that is gone. */
  forget(name: string): void {
    this.#latest.delete(name);
  }

  #take(span: Span): void {
    const names = bundlesIn(span);
    if (names.length === 0 && span !== this.#start) return;
    for (const name of names) this.#latest.set(name, span);
    this.#logger?.debug(`Where time went:\n${formatSpan(span)}`);
    reportSpan(span);
  }
}

function bundlesIn({ name, label, children }: Span): string[] {
  return [...(name === BUNDLE_STEP && label !== undefined ? [label] : []), ...children.flatMap(bundlesIn)];
}

/** The outermost spans that have one of the labels. */
function labelled(span: Span, labels: ReadonlySet<string>): Span[] {
  if (span.label !== undefined && labels.has(span.label)) return [span];
  return span.children.flatMap((child) => labelled(child, labels));
}
