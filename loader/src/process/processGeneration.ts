import type { StagedoorError } from '@stagedoor/bundle';
import type { NextFunction, Request, Response } from 'express';
import type { Duplex } from 'node:stream';
import { failedReport, reportFrom, type HealthReport } from '../observability/health/report';
import { ofPlugin } from '../observability/metrics/exposition';
import { hasDotSegment, refuseDotSegment } from '../serve/dotSegments';
import { QUARANTINED_RETRY_S, answerInvalid, answerUnavailable } from '../serve/unavailable';
import { asksForUpgrade } from '../patches/upgradeRouting';
import type { WebSocketUpgrade } from '../serve/upgrades';
import type { DeclaredRoute } from '../start/openedRoutes';
import { deadline } from '../deadline';
import type { GenerationHost } from '../start/generation';
import { GenerationLifecycle } from '../start/generationLifecycle';
import { partsOf, type Composition } from '../composition/part';
import type { ProcessStatus } from '../start/startedGeneration';
import { StartFailure } from '../start/startFailure';
import { processUnavailable, quarantined } from './errors';
import { exitFault } from './exit';
import type { Routes } from './messages';
import type { ProcessHost, RunningChild } from './processHost';
import { ChildAgent } from './proxy/agent';
import { listens } from './proxy/listens';
import { InvalidAnswer, forward, type Upstream } from './proxy/forward';
import { refuseSocket } from './proxy/refuse';
import { forwardUpgrade, tunnelUpgrade } from './proxy/tunnel';
import { SessionCheck, type Onward } from './sessionCheck';
import { Supervisor, type Supervision } from './supervisor';
import { routesFrom } from './untrusted';

/** Dependencies of a generation in a process. */
export interface ProcessGenerationHost extends GenerationHost {
  processes: ProcessHost;
  /** Called when the process of a generation ends, waits, restarts or is given up. */
  onSupervision(generation: ProcessGeneration, supervision: Supervision<StagedoorError>): void;
}

const STOP_TIMEOUT_MS = 10_000;
/** Time for a process to answer, in addition to that of its checks. */
const ANSWER_MS = 1000;

/** A build of a unit that runs in a supervised child process, with its requests forwarded there. */
export class ProcessGeneration extends GenerationLifecycle {
  readonly #host: ProcessGenerationHost;
  readonly #tunnels = new Set<Duplex>();
  readonly #agents = new WeakMap<RunningChild, Upstream>();
  readonly #supervisor: Supervisor<RunningChild, StagedoorError>;
  #check: SessionCheck | undefined;
  #routes: Routes = { paths: [], openedRoutes: [], refusedRoutes: [], webSockets: [] };

  private constructor(pluginId: string, composition: Composition, host: ProcessGenerationHost) {
    super(pluginId, composition, host);
    this.#host = host;
    this.#supervisor = new Supervisor<RunningChild, StagedoorError>({
      start: () => this.#startChild(),
      ended: async ({ process }) => exitFault(pluginId, await process.exited),
      discard: (child) => child.process.kill('stop'),
      asFault: (error) => StartFailure.from(pluginId, error).fault,
      onChange: (supervision) => host.onSupervision(this, supervision),
    });
  }

  /** Starts a generation; it serves nothing yet. Rejects with {@link StartFailure}. */
  static async start(
    pluginId: string,
    composition: Composition,
    host: ProcessGenerationHost,
  ): Promise<ProcessGeneration> {
    const generation = new ProcessGeneration(pluginId, composition, host);
    const { owner } = composition.plugin!;
    const onward: Onward = {
      request: (request, response) => generation.#forward(request, response),
      webSocket: (upgrade) => generation.#tunnel(upgrade),
    };
    generation.#check = await SessionCheck.start(pluginId, owner, host, onward);
    try {
      generation.#supervisor.adopt(await generation.#startChild());
    } catch (error) {
      await generation.#check.stop().catch(() => {});
      throw error;
    }
    return generation;
  }

  get openedRoutes(): readonly DeclaredRoute[] {
    return this.#routes.openedRoutes;
  }

  get refusedRoutes(): readonly DeclaredRoute[] {
    return this.#routes.refusedRoutes;
  }

  get paths(): ReadonlySet<string> {
    return new Set(this.#routes.paths);
  }

  /** The supervision state of the process, and the process itself while it runs. */
  get supervision(): Supervision<StagedoorError> {
    return this.#supervisor.supervision;
  }

  /** The process for a status; undefined while there is none. */
  get process(): ProcessStatus | undefined {
    const child = this.#supervisor.current?.process;
    if (!child) return undefined;
    const { pid, rssBytes, startedAt, user = process.geteuid?.() } = child;
    return { pid, user, rssBytes, restarts: this.#supervisor.restarts, startedAt: startedAt.toISOString() };
  }

  async checkHealth(timeoutMs: number): Promise<HealthReport> {
    const { process: child, socketPath = '' } = this.#supervisor.current ?? {};
    if (!child) return failedReport('process', 'The process is not running.');
    const late = (): Error => new Error('The process does not answer.');
    try {
      if (!(await listens(socketPath, timeoutMs))) {
        return failedReport('process', 'The process does not listen: no request reaches the plugin.');
      }
      const answer = await deadline(child.channel.call('health', timeoutMs), timeoutMs + ANSWER_MS, late);
      return reportFrom(answer) ?? failedReport('process', 'The process does not report the health of the plugin.');
    } catch (error) {
      return failedReport('process', (error as Error).message);
    }
  }

  async metrics(timeoutMs: number): Promise<string> {
    const child = this.#supervisor.current?.process;
    const none = new Error('The process does not answer.');
    const asked = child ? child.channel.call('metrics') : Promise.reject(none);
    return ofPlugin(String(await deadline(asked, timeoutMs, () => none).catch(() => '')));
  }

  restart(): void {
    this.#supervisor.current?.process.kill('unhealthy');
  }

  protected override served(): void {
    this.#host.onSupervision(this, this.supervision);
  }

  protected answer(path: string, request: Request, response: Response, next: NextFunction): void {
    if (path === `/api/${this.pluginId}`) this.#check!.handle(request, response, next);
    // A path on the root router that the operator lists: in Backstage, too, it is outside the session check.
    else if (hasDotSegment(request.originalUrl)) refuseDotSegment(response);
    else this.#forward(request, response);
  }

  #forward(request: Request, response: Response): void {
    const child = this.#supervisor.current;
    if (!child) return this.#unavailable(response);
    const upstream = this.#upstream(child);
    const onBroken = (error: Error): void => {
      if (error instanceof InvalidAnswer) return answerInvalid(response, this.pluginId, error);
      this.#unreachable(child, error);
      this.#unavailable(response);
    };
    if (!asksForUpgrade(request)) return forward(request, response, upstream, onBroken);
    forwardUpgrade(request, response, upstream, onBroken, (client) => this.#keep(client));
  }

  /** A process that lives on without its socket is ended at once, and started again: health checks would take three rounds. */
  #unreachable(child: RunningChild, error: NodeJS.ErrnoException): void {
    const gone = error.syscall === 'connect' && (error.code === 'ENOENT' || error.code === 'ECONNREFUSED');
    if (gone && this.#supervisor.current === child) child.process.kill('not-listening');
  }

  /** Joins a WebSocket that has passed its session check to one of the process. */
  #tunnel(upgrade: WebSocketUpgrade): void {
    const child = this.#supervisor.current;
    if (!child) return refuseSocket(upgrade.socket, '503 Service Unavailable', ['Retry-After: 1']);
    this.#keep(upgrade.socket);
    tunnelUpgrade(upgrade, this.#upstream(child));
  }

  /** The connection ends with the generation. */
  #keep(client: Duplex): void {
    this.#tunnels.add(client);
    client.once('close', () => this.#tunnels.delete(client));
  }

  protected async end(): Promise<void> {
    const child = this.#supervisor.stop();
    await child?.process.stop(STOP_TIMEOUT_MS);
    for (const client of this.#tunnels) client.destroy();
    await this.#check?.stop();
  }

  async #startChild(): Promise<RunningChild> {
    const bundles = partsOf(this.composition).map((part) => part.isolated!);
    const { processes } = this.#host;
    const child = await processes.start(this.pluginId, bundles, this.#host.database);
    this.#learn(child.routes);
    child.onRoutes = () => {
      const routes = routesFrom(child.toldRoutes, this.pluginId, processes.mayMount(this.pluginId));
      if (routes) this.#learn(routes);
    };
    // The report may have arrived together with the answer.
    child.onRoutes();
    return child;
  }

  #learn(routes: Routes): void {
    const openedRoutes = routes.openedRoutes.filter((route) => this.#check!.open(route));
    for (const webSocket of routes.webSockets) this.#check!.addWebSocket(webSocket);
    this.#routes = { ...routes, openedRoutes };
    this.routesChanged();
    this.mounted(routes.paths);
  }

  #upstream(child: RunningChild): Upstream {
    let upstream = this.#agents.get(child);
    if (!upstream) {
      upstream = { socketPath: child.socketPath, agent: new ChildAgent() };
      this.#agents.set(child, upstream);
    }
    return upstream;
  }

  /** 503 with a coded body, and when to come back. */
  #unavailable(response: Response): void {
    const supervision = this.supervision;
    const fault =
      supervision.state === 'quarantined'
        ? quarantined(this.pluginId, supervision.fault)
        : processUnavailable(this.pluginId);
    answerUnavailable(response, fault, retryAfter(supervision));
  }
}

function retryAfter(supervision: Supervision<StagedoorError>): number {
  if (supervision.state === 'quarantined') return QUARANTINED_RETRY_S;
  if (supervision.state === 'backoff') return Math.max(1, Math.ceil((supervision.retryAt - Date.now()) / 1000));
  return 1;
}
