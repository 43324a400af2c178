import type { AuditorService, AuditorServiceEvent, LoggerService } from '@backstage/backend-plugin-api';
import { StagedoorError } from '@stagedoor/bundle';
import type { Request } from 'express';
import type { EventLog, PluginEvent } from '../lifecycle/eventLog';
import type { OperationKind } from '../lifecycle/operation';
import type { Caller } from './caller';

/** What is on record of a write before it begins. */
export interface AuditedWrite {
  kind: OperationKind;
  /** Absent where the bundle is not known yet. */
  plugin: string | undefined;
  caller: Caller;
}

/** Tells Backstage's auditor of every write of the admin API, allowed or not, and of every decision of policy. */
export class Audit {
  readonly #auditor: AuditorService;
  readonly #logger: LoggerService;

  constructor(auditor: AuditorService, logger: LoggerService) {
    this.#auditor = auditor;
    this.#logger = logger;
  }

  /**
   * Begins the record of a write. It names the user as well as the service that calls on their behalf, of whom Backstage's
   * own field names one. A write that cannot be recorded must not happen: rejects with what the auditor threw.
   */
  async write({ kind, plugin, caller }: AuditedWrite, request: Request): Promise<AuditorServiceEvent> {
    return this.#auditor.createEvent({
      eventId: `plugin-${kind}`,
      severityLevel: 'medium',
      request,
      meta: { ...(plugin !== undefined && { plugin }), ...caller },
    });
  }

  /** Completes a record; what has been done cannot be undone for want of it. */
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
    if (outcome === 'refused' && code) await record.fail({ error: new StagedoorError(code, message ?? '', { hint }) });
    else await record.success();
  }

  async #logged(recorded: Promise<void>): Promise<void> {
    await recorded.catch((error: Error) => this.#logger.error('The auditor failed', error));
  }
}
