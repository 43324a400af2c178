import type {
  HttpRouterService,
  HttpRouterServiceAuthPolicy,
  HttpRouterServiceWebSocketHandler,
} from '@backstage/backend-plugin-api';
import type { Response } from 'express';
import type { Policy } from '../policy/policy';
import { answerDidNotStart } from '../serve/unavailable';
import { openedOnlyIf } from '../start/openedRoutes';

/** The owner of the router. */
export interface RouterOwner {
  owner: string;
  pluginId: string;
  policy: Policy;
  /** The plugin does not belong to the owner. */
  foreign: boolean;
}

/**
 * The router of a plugin during its init. Handlers are kept back until the init is done, so that a plugin that fails halfway
 * serves nothing. A path is opened only if the policy of the operator allows it.
 */
export class HeldRouter implements HttpRouterService {
  readonly #router: HttpRouterService;
  readonly #owner: RouterOwner;
  #held: Array<() => void> | undefined = [];

  constructor(router: HttpRouterService, owner: RouterOwner) {
    this.#router = router;
    this.#owner = owner;
  }

  use(handler: Parameters<HttpRouterService['use']>[0]): void {
    this.#afterInit(() => this.#router.use(handler));
  }

  /** Throws a TypeError before backend-plugin-api 1.12, as Backstage's own router does. */
  addWebSocketHandler(declared: HttpRouterServiceWebSocketHandler): void {
    const add = this.#router.addWebSocketHandler.bind(this.#router);
    const judged = openedOnlyIf(declared, (route) => this.#mayOpen(route));
    this.#afterInit(() => add(judged));
  }

  addAuthPolicy({ path, allow }: HttpRouterServiceAuthPolicy): void {
    if (this.#mayOpen({ path, allow })) this.#router.addAuthPolicy({ path, allow });
  }

  /** The init is done: handlers take effect, in order. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const add of held) add();
  }

  /** The init failed: its handlers are dropped, and every request is answered with 503. */
  refuse(): void {
    this.#held = [];
    const { pluginId } = this.#owner;
    this.#router.use((_request, response: Response) => answerDidNotStart(response, pluginId));
  }

  #afterInit(add: () => void): void {
    if (this.#held) this.#held.push(add);
    else add();
  }

  #mayOpen(route: HttpRouterServiceAuthPolicy): boolean {
    const { owner, pluginId, policy, foreign } = this.#owner;
    return policy.mayOpen(owner, pluginId, route, foreign);
  }
}
