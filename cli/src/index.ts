export { exportPlugin } from './export/exportPlugin';
export { readHost, type HostManifest, type HostSource } from './export/host/readHost';
export type { ExplainedPackage } from './export/explain/explain';
export type { ChainLink } from './export/explain/chains';
export type { OverridePatterns } from './export/overrides';
export type { ExportOptions, ExportStep } from './export/options';
export type { ExportResult, HoistedSummary, InlinedSummary } from './export/result';
