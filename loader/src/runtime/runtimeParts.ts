import type { HostManifest } from '@stagedoor/bundle';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { Summary } from '../adminApi';
import type { Contribution } from '../composition/contribution';
import type { BuildReports } from '../drops/buildReports';
import type { Collector } from '../drops/collector';
import type { DropDirectory } from '../drops/dropDirectory';
import type { FoundDrop } from '../drops/dropReader';
import type { History } from '../history/history';
import type { StartupHooks } from '../host/startupHooks';
import type { Bundles } from '../lifecycle/bundles';
import type { EventLog } from '../lifecycle/eventLog';
import type { StateFile } from '../lifecycle/stateFile';
import type { RecordedStatus } from '../lifecycle/states';
import type { StatusStore } from '../lifecycle/statusStore';
import type { Units } from '../lifecycle/units';
import type { PluginLogs } from '../logs/pluginLogs';
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

/** The parts for bundles: the root directory and everything that depends on it. */
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
  logs: PluginLogs;
  history: History;
  /** Undefined if no plugin runs in a separate process. */
  processes: ProcessHost | undefined;
}

/** The parts of the runtime, see `createRuntime`. */
export interface RuntimeParts {
  own: Contribution;
  host: HostManifest;
  logger: LoggerService;
  slots: Slots;
  events: EventLog;
  registry: StatusStore;
  operations: Operations;
  observations: Observations;
  /** Details from the files of bundles. */
  details: BundleDetails;
  gate: Gate;
  /** Records what builds did to the databases of plugins; undefined if there are no bundles. */
  migrations: MigrationRecords | undefined;
  /** Derives the one state of a plugin that is shown. */
  summaryOf(status: RecordedStatus): Summary;
  units: Units;
  startupHooks: StartupHooks;
  /** Undefined in a portal with static plugins only. */
  dynamic: DynamicParts | undefined;
  phase: RuntimePhase;
  closers: Closers;
}

/** How far the runtime is. */
export interface RuntimePhase {
  /** Every bundle that was present at the start runs, or its status explains why not. */
  booted: boolean;
}

/** Clean-up functions for the end, in the order in which they were added. */
export class Closers {
  readonly #work: Array<() => Promise<void> | void> = [];

  add(close: () => Promise<void> | void): void {
    this.#work.push(close);
  }

  /** Runs them all; later calls do nothing. */
  async close(): Promise<void> {
    for (const close of this.#work.splice(0)) await close();
  }
}
