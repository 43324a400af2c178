import type {
  DiscoveryService,
  LoggerService,
  RootConfigService,
  RootHttpRouterService,
  RootLoggerService,
} from '@backstage/backend-plugin-api';
import type { AheadThread } from '../ahead/aheadThread';
import type { SchemaWorkers } from '../validate/schemaWorker/schemaWorkers';
import type { Contribution } from '../composition/contribution';
import type { RootServices } from '../host/rootServices';
import type { StartupReport } from '../host/startupReport';
import type { Timings } from '../observability/timing/timings';
import type { Settings } from '../settings/settings';
import type { StateOpening } from '../stage/stateOpening';

/** Options for loading bundles: the settings of the operator, and objects that are needed from the first moment. */
export interface DynamicOptions {
  settings: Settings;
  opening: StateOpening;
  /** Stages and compiles while the portal starts; undefined if there is nothing new. */
  ahead?: AheadThread;
  /** Threads that check app-config. */
  schemaWorkers: SchemaWorkers;
}

/** Options of the runtime from the backend that contains it. */
export interface RuntimeOptions {
  /** Undefined: static plugins only. */
  dynamic: DynamicOptions | undefined;
  services: RootServices;
  rootHttpRouter: RootHttpRouterService;
  rootLogger: RootLoggerService;
  discovery: DiscoveryService;
  config: RootConfigService;
  logger: LoggerService;
  /** The portal's own plugins and modules. */
  own: Contribution;
  timings: Timings;
  cwd: string;
  /** Receives the outcomes of the start of static plugins. */
  startup: StartupReport;
  /** The id of the portal's instance, see `PortalMetadata`. */
  instanceId(): string | undefined;
}
