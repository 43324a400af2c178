import type { HostManifest } from '@stagedoor/bundle';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { Contribution } from '../composition/contribution';
import type { BuildReports } from '../drops/buildReports';
import type { Collector } from '../drops/collector';
import type { DropDirectory } from '../drops/dropDirectory';
import type { FoundDrop } from '../drops/dropReader';
import type { StartupHooks } from '../host/startupHooks';
import type { Bundles } from '../lifecycle/bundles';
import type { EventLog } from '../lifecycle/eventLog';
import type { StateFile } from '../lifecycle/stateFile';
import type { StatusStore } from '../lifecycle/statusStore';
import type { Units } from '../lifecycle/units';
import type { Observations } from '../observability/observations';
import type { MigrationRecords } from '../migrations/records';
import type { BundleDetails } from '../operator/bundleDetails';
import type { Operations } from '../operator/operations';
import type { Operator } from '../operator/operator';
import type { Pipeline } from '../pipeline/pipeline';
import type { ProcessHost } from '../process/processHost';
import type { Slots } from '../serve/slots';
import type { Settings } from '../settings/settings';
import type { Gate } from '../validate/gate';

/** What there is for bundles: the root directory and all that follows from it. */
export interface DynamicParts {
  settings: Settings;
  state: StateFile;
  /** Leaves the state directory to others. */
  release(): Promise<void>;
  pipeline: Pipeline<FoundDrop>;
  bundles: Bundles;
  drops: DropDirectory;
  operator: Operator;
  reports: BuildReports;
  collector: Collector;
  /** Undefined where no plugin runs in a process of its own. */
  processes: ProcessHost | undefined;
}

/** Everything that the runtime is made of, see `createRuntime`. */
export interface RuntimeParts {
  own: Contribution;
  host: HostManifest;
  logger: LoggerService;
  slots: Slots;
  events: EventLog;
  registry: StatusStore;
  operations: Operations;
  observations: Observations;
  /** What the bundles that serve, or would, say of themselves. */
  details: BundleDetails;
  gate: Gate;
  /** What builds have done to the databases of plugins; undefined where there are no bundles. */
  migrations: MigrationRecords | undefined;
  units: Units;
  startupHooks: StartupHooks;
  /** Undefined in a portal of its own plugins only. */
  dynamic: DynamicParts | undefined;
  phase: RuntimePhase;
  closers: Closers;
}

/** How far the runtime is. */
export interface RuntimePhase {
  /** Every bundle that was there at the start runs, or its status says why not. */
  booted: boolean;
}

/** What has to be undone at the end, in the order in which it was done. */
export class Closers {
  readonly #work: Array<() => Promise<void> | void> = [];

  add(close: () => Promise<void> | void): void {
    this.#work.push(close);
  }

  /** Undoes all; what was undone before is not undone again. */
  async close(): Promise<void> {
    for (const close of this.#work.splice(0)) await close();
  }
}
