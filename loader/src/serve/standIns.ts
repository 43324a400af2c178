import { inQuarantine } from './errors';
import type { Slots } from './slots';
import type { SlotTarget } from './slotTarget';
import { QUARANTINED_RETRY_S, answerUnavailable } from './unavailable';

/**
 * Answers for plugins in quarantine that have not started since the portal did: 503 as before its restart, rather than 404 as
 * for unknown plugins.
 */
export class StandIns {
  readonly #slots: Slots;
  readonly #targets = new Map<string, SlotTarget>();

  constructor(slots: Slots) {
    this.#slots = slots;
  }

  /** Updates the stand-ins for the status of a bundle; `status` is undefined for a removed one. */
  follow(name: string, status: { state: string; message?: string; pluginIds: string[] } | undefined): void {
    const earlier = this.#targets.get(name);
    if (earlier) this.#slots.clear(earlier);
    this.#targets.delete(name);
    if (status?.state !== 'quarantined') return;
    const fault = inQuarantine(name, status.message);
    const target: SlotTarget = {
      handle: (_path, _request, response) => answerUnavailable(response, fault, QUARANTINED_RETRY_S),
    };
    this.#targets.set(name, target);
    for (const pluginId of status.pluginIds) this.#slots.fill(`/api/${pluginId}`, target);
  }
}
