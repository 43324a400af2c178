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

/** What bundles are loaded with: the settings of the operator, and what they need from the first moment. */
export interface DynamicOptions {
  settings: Settings;
  opening: StateOpening;
  /** Stages and compiles while the portal starts; undefined where there is nothing new. */
  ahead?: AheadThread;
  /** Threads that check app-config. */
  schemaWorkers: SchemaWorkers;
}

/** What the runtime is given by the backend it lives in. */
export interface RuntimeOptions {
  /** Undefined: the portal's own plugins only. */
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
  /** Hears what the start of the portal's own plugins came to. */
  startup: StartupReport;
  /** The id of the portal's instance, see `PortalMetadata`. */
  instanceId(): string | undefined;
}
