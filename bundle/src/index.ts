export { APP_INTERFACES, APP_PACKAGES_FILE, appPackages, fitsApp, installedAppPackages } from './appPackages';
export { appInterfacesOf, backendDefaultsOf, backstageRelease, type BackstageRelease } from './backstageRelease';
export { BUILD_REPORTS, buildReportFile, formatBuildReport, readBuildReport, type BuildReport } from './buildReport';
export { concurrently } from './concurrently';
export { manifestMissing } from './errors';
export { codes, type ErrorCode } from './codes';
export {
  StagedoorError,
  isStagedoorError,
  rephraseError,
  restoreError,
  type CodedError,
  type StagedoorErrorOptions,
} from './error';
export {
  BUNDLE_ROLES,
  MANIFEST_FILE,
  SBOM_FILE,
  SIGNATURE_FILE,
  dynamicName,
  isBackendRole,
  isFrontendRole,
  fileName,
  packName,
  sourceName,
  type BundleRole,
  SCHEMA_FILES,
} from './names';
export { blockingFileSystem, waitingFileSystem, type FileSystem } from './fileSystem';
export type { HostManifest } from './hostManifest';
export { isNoRoom } from './noRoom';
export { isBundlePath, isInside } from './paths';
export { moveAway } from './moveAway';
export { parseJson } from './parseJson';
export { holdsCredentials, redactAddress, redactAddresses, redactData } from './redactAddress';
export { OLD_FRONTEND_HINT, remoteFault } from './remoteFault';
export { thrownHint } from './thrownHint';
export { replaceFile, replaceFileSync, type ReplaceOptions } from './replaceFile';
export { readBounded, type Refused } from './readBounded';
export { describeIssues, parsePackageJson, readPackageJson, type PackageJson } from './packageJson';
export {
  BUNDLE_FORMAT,
  formatManifest,
  parseManifest,
  readManifest,
  startCheckOf,
  type BundleFile,
  type BundleManifest,
} from './manifest';
export { byPath, checkFiles, digestOf, listFiles, listPaths, listedOf, sha256File } from './digest';
export { isDropName, isLitterName, listBundleFiles, litterIn, removeLitter } from './litter';
export { lockFolder, type LockOptions, type LockTimes } from './lock/lockFolder';
export type { FolderLock } from './lock/heldLock';
export { peerFit, type PeerFit } from './peerFit';
export { databaseDriverNames, databaseDrivers } from './databaseDrivers';
export { SHARED_ROOT, findPackageDir, sharedPackages, type SharedPackage } from './sharedPackages';
export { integrityOf } from './archive/integrity';
export { packBundle, packLayer, type LayerPart, type PackedBundle } from './archive/pack';
export { Contents, DEFAULT_LIMITS, type ContentLimits } from './archive/contents';
export { copyFolder } from './archive/copyFolder';
export { FOLDER_MODE, copyPlainFile, plainMode } from './archive/plainMode';
export { extractArchive, extractLayer, type LayerReading } from './archive/extract';
export { canRead, type Compression } from './archive/unzip';
export {
  generateKeys,
  isEncryptedKey,
  readPrivateKey,
  readPublicKey,
  type KeyPairPem,
  type PrivateKey,
  type PublicKey,
} from './signature/keys';
export { signatureMissing } from './signature/errors';
export { signBundle } from './signature/sign';
export { readSignatures, type BundleSignature } from './signature/signatureFile';
export { verifySignatures, type VerifiedSignatures } from './signature/verify';
