import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Composition } from '../composition/part';
import type { HealthReport } from '../observability/health/report';
import { ActiveRequests, type RequestObserver } from '../serve/requests';
import type { Slots } from '../serve/slots';
import type { DeclaredRoute } from './openedRoutes';
import type { StartedGeneration } from './startedGeneration';

/** Dependencies of the lifecycle of a generation. */
export interface GenerationLifecycleHost {
  slots: Slots;
  drainTimeoutMs: number;
  /** Called when the mounted or opened paths of the plugin change. */
  onRoutes?(): void;
  /** Records the requests of a plugin. */
  traffic?(pluginId: string): RequestObserver | undefined;
}

/**
 * The lifecycle of a generation, wherever its code runs: it serves, it is retired or shut down, it stops. The `protected`
 * methods differ between the portal and a process.
 */
export abstract class GenerationLifecycle implements StartedGeneration {
  readonly pluginId: string;
  readonly composition: Composition;
  abstract readonly openedRoutes: readonly DeclaredRoute[];
  abstract readonly refusedRoutes: readonly DeclaredRoute[];
  abstract readonly paths: ReadonlySet<string>;
  readonly #host: GenerationLifecycleHost;
  readonly #requests: ActiveRequests;
  #serving = false;
  #closed = false;

  protected constructor(pluginId: string, composition: Composition, host: GenerationLifecycleHost) {
    this.pluginId = pluginId;
    this.composition = composition;
    this.#host = host;
    this.#requests = new ActiveRequests(host.traffic?.(pluginId));
  }

  abstract checkHealth(timeoutMs: number): Promise<HealthReport>;

  serve(): void {
    this.#serving = true;
    this.begin();
    this.#point(this.paths);
    this.served();
  }

  handle(path: string, request: Request, response: Response, next: NextFunction): void {
    if (this.#closed) {
      response.status(503).set({ 'Retry-After': '1', Connection: 'close' }).end();
      return;
    }
    this.#requests.add(request, response);
    this.answer(path, request, response, next);
  }

  handOver(): void {
    // Nothing outside a process of its own is called for its events.
  }

  async retire(successor?: StartedGeneration): Promise<void> {
    // First: later mounts of the plugin must not bring it back.
    this.#serving = false;
    this.handOver();
    this.#host.slots.clear(this, successor?.paths);
    await this.#requests.drain(this.#host.drainTimeoutMs);
    await this.stop().finally(() => this.retired(successor));
  }

  async shutDown(): Promise<void> {
    this.#closed = true;
    await this.#requests.drain(this.#host.drainTimeoutMs);
    await this.stop();
  }

  async stop(): Promise<void> {
    this.#serving = false;
    await this.end();
  }

  /** Call it with the current mount paths of the plugin, which may include new ones. */
  protected mounted(paths: Iterable<string>): void {
    if (this.#serving) this.#point(paths);
  }

  /** Call it when the mounted or opened paths of the plugin change. */
  protected routesChanged(): void {
    this.#host.onRoutes?.();
  }

  /** Answers a request that came through the slot of a path. */
  protected abstract answer(...request: Parameters<RequestHandlerOfPath>): void;

  /** Stops the plugin, bounded in time. */
  protected abstract end(): Promise<void>;

  /** Called before the first request comes. */
  protected begin(): void {}

  /** Called when requests come. */
  protected served(): void {}

  /** Called when it has stopped and a successor, or nothing, serves. */
  protected retired(_successor: StartedGeneration | undefined): void {}

  #point(paths: Iterable<string>): void {
    for (const path of paths) this.#host.slots.point(path, this);
  }
}

type RequestHandlerOfPath = (path: string, ...request: Parameters<RequestHandler>) => void;
