import type { StagedoorError } from '@stagedoor/bundle';
import type { Contribution } from '../composition/contribution';
import type { StagedBundle } from '../stage/stagedBundle';
import type { StartedUnit } from '../start/startUnit';
import type { ReplacedGeneration } from '../swap/swapUnit';
import type { CheckOptions, GateResult } from '../validate/gate';

/** The content of an entry of the root directory: a settled drop, or the names whose drops have changed. */
export type Scanned<Found> = { found: Found } | { names: ReadonlySet<string> };

/** The next action for a name: run a build, stop the running one, or nothing. */
export interface Choice {
  run?: StagedBundle;
  remove?: boolean;
}

/** The stages of a drop before it is known which build of a package takes precedence. Only scan and stage know `Found`. */
interface DropSteps<Found> {
  /** scan/: reads an entry of the root directory once it has settled. */
  scan(entry: string): Promise<Scanned<Found>>;
  /** stage/: makes a private, verified copy, the only thing that ever runs. Returns the names whose drops have changed. */
  stage(found: Found): Promise<ReadonlySet<string>>;
  /** operator/: decides which build of a package takes precedence, given the drops and the operator's decisions. */
  choose(name: string): Promise<Choice>;
  /** drops/: the build that served last, where the drop of a name cannot run and nothing of it does. Never rejects. */
  lastGood(name: string): Promise<StagedBundle | undefined>;
  /** Called when the choice has taken effect, or failed to. */
  chosen(name: string): void;
}

/** The stages of a build on its way into service. */
interface BundleSteps {
  /** validate/: checks many builds at once where possible; each is still validated by itself. */
  prepare(bundles: readonly StagedBundle[]): Promise<void>;
  /** validate/: checks a build against host, policy and app-config, before any of its code runs. */
  validate(bundle: StagedBundle, options?: CheckOptions): Promise<GateResult>;
  /** resolve/: loads its code in the portal or in a process, and returns the plugins and modules that it registers. */
  resolve(bundle: StagedBundle): Promise<Contribution>;
  /** start/: starts the units concerned beside those in service, see `Units.start`. */
  start(owner: string, previous?: Contribution, next?: Contribution): Promise<StartedUnit[]>;
  /** start/ and swap/ at boot, see `Units.boot`. */
  boot(contributions: readonly Contribution[]): Promise<Map<string, StagedoorError>>;
  /** swap/: puts the started units into service from the next request on. Returns those that they replace. */
  swap(started: readonly StartedUnit[]): ReplacedGeneration[];
  /** drain/: lets replaced generations finish their requests and stops them. Never rejects. */
  drain(replaced: readonly ReplacedGeneration[]): Promise<void>;
}

/** The stages of the pipeline; each can be replaced. */
export type PipelineSteps<Found> = DropSteps<Found> & BundleSteps;
