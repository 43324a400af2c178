export { exportPlugin } from './export/exportPlugin';
export { exportWorkspace, type WorkspaceOptions, type WorkspaceOutcome } from './workspace/exportWorkspace';
export type { WorkspacePlugin } from './workspace/findPlugins';
export { readWorkspaceRoot, type WorkspaceRoot } from './workspace/workspaceRoot';
export { readHost, type HostSource, type TargetHost } from './export/source/host/readHost';
/** @deprecated Use `TargetHost`: `HostManifest` is what a portal makes of itself, in `@stagedoor/loader`. */
export type { TargetHost as HostManifest } from './export/source/host/readHost';
export type { ExplainedPackage } from './export/explain/explain';
export type { ChainLink } from './export/explain/chains';
export type { OverridePatterns } from './export/plan/overrides';
export type { ExportOptions, ExportStep } from './export/plan/options';
export { checkStart, type StartedBundle, type StartCheckOptions } from './startCheck/startCheck';
/** @deprecated Use `checkStart`: to verify means to check digests and signatures. */
export { checkStart as verifyBundle } from './startCheck/startCheck';
/** @deprecated Use `StartedBundle` and `StartCheckOptions`. */
export type { StartedBundle as VerifiedBundle, StartCheckOptions as VerifyOptions } from './startCheck/startCheck';
export type { ExportResult, HoistedSummary } from './export/result';
export type { InlinedSummary } from './export/bundle/bundleContents';
export { install } from './install/install';
export type { InstallOptions, InstallProgress } from './install/options';
export type { InstallResult, InstalledPlugin } from './install/result';
export type { PackageRequest, Resolved, Source, SourceContext } from './install/source';
export { mirror, type MirrorOptions, type MirrorResult } from './install/mirror/mirror';
export { catalogImages } from './sources/oci/catalogImages';
export { createSources, withSources } from './sources/sources';
export { LayerCache } from './oci/layerCache';
export { pullImage, type PullOptions, type PulledImage } from './oci/pullImage';
export { pushImage, type PushOptions, type PushedImage } from './oci/pushImage';
export { createPackage } from './create/create';
export type { CreateOptions, CreateResult, Kind } from './create/options';
export type { PackageManager } from './create/packageManager';
export { develop } from './dev/develop';
export type { DevEvent, DevOptions } from './dev/options';
export { diagnose } from './doctor/diagnose';
export type { Finding } from './doctor/finding';
export type { Diagnosis, DoctorOptions } from './doctor/options';
