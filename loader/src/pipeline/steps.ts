import type { StagedoorError } from '@stagedoor/bundle';
import type { Contribution } from '../composition/contribution';
import type { StagedBundle } from '../stage/stagedBundle';
import type { StartedUnit } from '../start/startUnit';
import type { ReplacedGeneration } from '../swap/swapUnit';
import type { CheckOptions, GateResult } from '../validate/gate';

/** What was found at an entry of the root directory: a drop that is whole, or the names of those whose drops are others now. */
export type Scanned<Found> = { found: Found } | { names: ReadonlySet<string> };

/** What is to happen under a name: a build is to run, all that runs is to go, or neither. */
export interface Choice {
  run?: StagedBundle;
  remove?: boolean;
}

/** The stages of a drop that come before it is known which build of a package counts. `Found` is known to scan and stage alone. */
interface DropSteps<Found> {
  /** scan/: what an entry of the root directory holds, once nothing about it changes any more. */
  scan(entry: string): Promise<Scanned<Found>>;
  /** stage/: a private, verified copy of it, the only thing that is ever run. Returns the names whose drops are others now. */
  stage(found: Found): Promise<ReadonlySet<string>>;
  /** operator/: which build of a package counts, of those that were dropped and what operators decided. */
  choose(name: string): Promise<Choice>;
  /** Hears that what was chosen has taken effect, or failed to. */
  chosen(name: string): void;
}

/** The stages of a build on its way into service. */
interface BundleSteps {
  /** validate/: checks what can be checked of many builds at once; each is still validated by itself. */
  prepare(bundles: readonly StagedBundle[]): Promise<void>;
  /** validate/: holds it against host, policy and app-config, before any of its code runs. */
  validate(bundle: StagedBundle, options?: CheckOptions): Promise<GateResult>;
  /** resolve/: loads its code where it is to run, and tells which plugins and modules it brings. */
  resolve(bundle: StagedBundle): Promise<Contribution>;
  /** start/: starts the units concerned beside those that serve, see `Units.start`. */
  start(owner: string, previous?: Contribution, next?: Contribution): Promise<StartedUnit[]>;
  /** start/ and swap/, for all that is there when the portal starts, see `Units.boot`. */
  boot(contributions: readonly Contribution[]): Promise<Map<string, StagedoorError>>;
  /** swap/: from the next request on the started units answer. Returns what they replace. */
  swap(started: readonly StartedUnit[]): ReplacedGeneration[];
  /** drain/: what was replaced finishes its requests and stops. Never rejects. */
  drain(replaced: readonly ReplacedGeneration[]): Promise<void>;
}

/** The way of a drop into service, stage by stage; each can be replaced by another. */
export type PipelineSteps<Found> = DropSteps<Found> & BundleSteps;
