export { exportPlugin } from './export/exportPlugin';
export type { ExportOptions, ExportStep } from './export/options';
export type { ExportResult, HoistedSummary, InlinedSummary } from './export/result';
