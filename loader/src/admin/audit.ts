import type { AuditorService, AuditorServiceEvent, LoggerService } from '@backstage/backend-plugin-api';
import { restoreError } from '@stagedoor/bundle';
import type { Request } from 'express';
import type { EventLog, PluginEvent } from '../lifecycle/eventLog';
import type { OperationKind } from '../lifecycle/operation';
import type { Caller } from './caller';

/** The part of a write that is recorded before it begins. */
export interface AuditedWrite {
  kind: OperationKind;
  /** Absent if the bundle is not known yet. */
  plugin: string | undefined;
  caller: Caller;
}

/** Reports every write of the admin API, allowed or not, and every policy decision to Backstage's auditor. */
export class Audit {
  readonly #auditor: AuditorService;
  readonly #logger: LoggerService;

  constructor(auditor: AuditorService, logger: LoggerService) {
    this.#auditor = auditor;
    this.#logger = logger;
  }

  /**
   * Begins the record of a write. It names both the user and the service that calls on their behalf; Backstage's own field
   * has room for one of them. Writes that cannot be recorded must not happen: rejects with the error of the auditor.
   */
  async write({ kind, plugin, caller }: AuditedWrite, request: Request): Promise<AuditorServiceEvent> {
    return this.#auditor.createEvent({
      eventId: `plugin-${kind}`,
      severityLevel: 'medium',
      request,
      meta: { ...(plugin !== undefined && { plugin }), ...caller },
    });
  }

  /** Completes a record. A write that has happened stays, even if its record cannot be completed. */
  async end(record: AuditorServiceEvent, operation: string | undefined, error?: Error): Promise<void> {
    const meta = operation ? { operation } : {};
    await this.#logged(error ? record.fail({ error, meta }) : record.success({ meta }));
  }

  /** Records decisions of policy from now on, until the returned function is called. */
  follow(events: EventLog): () => void {
    return events.subscribe((event) => {
      if (event.type === 'policy') void this.#logged(this.#decision(event));
    });
  }

  async #decision({ plugin, version, digest, setting, outcome, code, message, hint }: PluginEvent): Promise<void> {
    const known = Object.entries({ plugin, version, digest, setting, outcome, code, message });
    const record = await this.#auditor.createEvent({
      eventId: 'policy-decision',
      severityLevel: 'medium',
      meta: Object.fromEntries(known.filter(([, value]) => value !== undefined)),
    });
    if (outcome === 'refused' && code)
      await record.fail({ error: restoreError({ code, message: message ?? '', hint }) });
    else await record.success();
  }

  async #logged(recorded: Promise<void>): Promise<void> {
    await recorded.catch((error: Error) => this.#logger.error('The auditor failed', error));
  }
}
