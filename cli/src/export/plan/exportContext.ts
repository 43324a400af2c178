import type { ModuleAnalyser } from '../analysis/moduleFacts';
import type { PackageFinder } from '../source/installedPackage';
import type { Decisions } from './decisions';
import type { ExportOptions } from './options';
import type { Plan } from './plan';

/** What the steps of one export for a backend share. Only {@link decisions} change on the way. */
export interface ExportContext {
  readonly plan: Plan;
  readonly options: ExportOptions;
  readonly finder: PackageFinder;
  readonly analyser: ModuleAnalyser;
  readonly decisions: Decisions;
}
