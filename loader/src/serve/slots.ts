import type { RootHttpRouterService } from '@backstage/backend-plugin-api';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { SlotTarget } from './slotTarget';
import { answerStarting } from './unavailable';

/** A request that came while the first generation was starting. */
interface Waiting {
  resume(): void;
  timer: NodeJS.Timeout;
}

interface Slot {
  target?: SlotTarget;
  /** Number of starts in progress that may fill the slot. */
  starting: number;
  waiting: Set<Waiting>;
}

/** Ids that can be mounted literally; a bundle may declare anything. */
const PLUGIN_ID = /^[\w-]+$/;

/** As in Backstage, which holds requests for a starting plugin for this long. */
const HOLD_MS = 5000;

/**
 * One slot per mount path. `rootHttpRouter.use` cannot be undone, so each path is mounted once on the host and stays; its
 * target changes. An empty slot passes the request on, so a removed plugin is a 404.
 */
export class Slots {
  readonly #slots = new Map<string, Slot>();
  readonly #root: RootHttpRouterService;

  constructor(root: RootHttpRouterService) {
    this.#root = root;
  }

  /** Points `path` at `target` from the next request on. */
  point(path: string, target: SlotTarget): void {
    const slot = this.#slot(path);
    slot.target = target;
    this.#release(slot);
  }

  /** Points `path` at `target` if it has no target. */
  fill(path: string, target: SlotTarget): void {
    if (!this.#slot(path).target) this.point(path, target);
  }

  /** Empties the slots that still point at `target`, except the given paths. */
  clear(target: SlotTarget, except: ReadonlySet<string> = new Set()): void {
    for (const [path, slot] of this.#slots) {
      if (slot.target === target && !except.has(path)) slot.target = undefined;
    }
  }

  /** Holds requests to an empty slot until it is filled or `work` ends; after five seconds they are answered with 503. */
  async holding<T>(path: string, work: () => Promise<T>): Promise<T> {
    const release = this.#hold(this.#slot(path));
    try {
      return await work();
    } finally {
      release();
    }
  }

  /** As {@link holding}, for plugins that will be mounted; ids that cannot be are skipped. */
  async holdingPlugins<T>(ids: Iterable<string>, work: () => Promise<T>): Promise<T> {
    const release = this.holdPlugins(ids);
    try {
      return await work();
    } finally {
      release();
    }
  }

  /** The same until the function that it returns is called. */
  holdPlugins(ids: Iterable<string>): () => void {
    const paths = new Set([...ids].filter((id) => PLUGIN_ID.test(id)).map((id) => `/api/${id}`));
    const releases = [...paths].filter((path) => this.#canMount(path)).map((path) => this.#hold(this.#slot(path)));
    return () => releases.forEach((release) => release());
  }

  #hold(slot: Slot): () => void {
    slot.starting++;
    return () => {
      slot.starting--;
      if (slot.starting === 0) this.#release(slot);
    };
  }

  /** False for a path that other code has mounted, or that leads to one. */
  #canMount(path: string): boolean {
    try {
      return this.#slot(path) !== undefined;
    } catch {
      return false;
    }
  }

  #slot(path: string): Slot {
    let slot = this.#slots.get(path);
    if (!slot) {
      slot = { starting: 0, waiting: new Set() };
      this.#root.use(path, this.#handler(path, slot));
      this.#slots.set(path, slot);
    }
    return slot;
  }

  #handler(path: string, slot: Slot): RequestHandler {
    const dispatch = (request: Request, response: Response, next: NextFunction): void => {
      if (slot.target) slot.target.handle(path, request, response, next);
      else next();
    };
    const handle: RequestHandler = (request, response, next) => {
      // A request pipelined behind another, maybe to another plugin: a connection serves one plugin at a time.
      if (!response.socket && !response.destroyed) {
        response.once('socket', () => handle(request, response, next));
        return;
      }
      if (slot.target || slot.starting === 0) {
        dispatch(request, response, next);
        return;
      }
      const waiting: Waiting = {
        resume: () => dispatch(request, response, next),
        timer: setTimeout(() => {
          slot.waiting.delete(waiting);
          answerStarting(response);
        }, HOLD_MS),
      };
      slot.waiting.add(waiting);
    };
    return handle;
  }

  #release(slot: Slot): void {
    for (const waiting of slot.waiting) {
      clearTimeout(waiting.timer);
      waiting.resume();
    }
    slot.waiting.clear();
  }
}
