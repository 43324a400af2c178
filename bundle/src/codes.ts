/** What a code means, and the remedy used where the thrower gives no closer one. */
interface CodeEntry {
  meaning: string;
  hint: string;
}

/**
 * Every code a user can meet. Codes are permanent: never rename or reuse one.
 * `docs/errors.md` holds the same list and a test compares the two.
 */
export const codes = {
  // The bundle itself
  PACKAGE_JSON_MISSING: {
    meaning: 'The folder holds no package.json.',
    hint: 'Run the command in a plugin package folder, or drop a folder made by `stagedoor export`.',
  },
  PACKAGE_JSON_INVALID: {
    meaning: 'The package.json is not JSON, is too large, or a field has the wrong type.',
    hint: 'Correct the named field in package.json.',
  },
  ROLE_MISSING: {
    meaning: 'The package.json has no backstage.role.',
    hint: 'Add "backstage": {"role": "backend-plugin"} (or "backend-plugin-module") to package.json.',
  },
  ROLE_UNSUPPORTED: {
    meaning: 'The backstage.role is not one that can be packaged or loaded here.',
    hint: 'Use a package whose backstage.role is backend-plugin, frontend-plugin, or that of a module for one.',
  },
  MAIN_MISSING: {
    meaning: 'The entry point that package.json names does not exist.',
    hint: 'Point "main" in package.json at the source entry (src/index.ts) or build the package first.',
  },
  MAIN_OUTSIDE: {
    meaning: 'The entry point leads out of the bundle.',
    hint: 'Point "main" at a file inside the bundle.',
  },
  MANIFEST_INVALID: {
    meaning: 'The dynamic-bundle.json is not valid against format 1.',
    hint: 'Export the plugin again with `stagedoor export`.',
  },
  FORMAT_UNSUPPORTED: {
    meaning: 'The bundle format is newer than this host understands.',
    hint: 'Upgrade Stagedoor on the host, or export with an older `stagedoor`.',
  },
  DIGEST_MISMATCH: {
    meaning: 'A file of the bundle differs from the manifest, is missing, or is not listed in it.',
    hint: 'Copy the bundle again, or export it again: a bundle is never edited by hand.',
  },
  // Archives and drops
  ARCHIVE_INVALID: {
    meaning: 'The archive cannot be read as a gzip-compressed tar.',
    hint: 'Copy the archive again, or make it with `stagedoor export --pack`.',
  },
  ARCHIVE_UNSAFE: {
    meaning: 'The archive or folder holds an entry that is a link, a device, or leads outside it.',
    hint: 'Make the archive with `stagedoor export --pack`.',
  },
  ARCHIVE_TOO_LARGE: {
    meaning: 'The archive or folder exceeds the limits on bytes or number of files.',
    hint: 'Export the plugin with `stagedoor export`: bundles are small.',
  },
  DROP_UNREADABLE: {
    meaning: 'The drop cannot be read.',
    hint: 'Give the portal process read permission on the drop.',
  },
  // The host's side of validation
  ROOT_UNREADABLE: {
    meaning: 'The root directory cannot be read; what runs stays.',
    hint: 'Give the portal process read permission on dynamicPlugins.rootDirectory, or mount its volume again.',
  },
  PEER_UNSATISFIED: {
    meaning: 'A shared package of the host does not fit the range that the bundle declares.',
    hint: 'Export the plugin against the Backstage release of the host, or upgrade the host.',
  },
  PEER_UNKNOWN: {
    meaning: 'The bundle declares a peer that the host does not share.',
    hint: 'Export the plugin with `stagedoor export`: it inlines what hosts do not share.',
  },
  BACKSTAGE_VERSION_UNSUPPORTED: {
    meaning: 'The Backstage release of the host is outside backstage.supported-versions.',
    hint: 'Use a release of the plugin that supports the host, or upgrade the host.',
  },
  PLATFORM_MISMATCH: {
    meaning: 'The bundle carries native code for another platform, architecture or Node ABI.',
    hint: 'Export the plugin on the platform and Node version of the host.',
  },
  CONFIG_INVALID: {
    meaning: 'The app-config does not satisfy the config schema of the bundle.',
    hint: 'Correct the named key in app-config.',
  },
  PLUGIN_ID_CONFLICT: {
    meaning: 'Another bundle or a static plugin already provides the same plugin id.',
    hint: 'Remove one of the two.',
  },
  MODULE_ID_CONFLICT: {
    meaning: 'Another bundle or a static module already provides the same module id.',
    hint: 'Remove one of the two.',
  },
  SERVICE_REPLACEMENT_REFUSED: {
    meaning: 'The bundle replaces a service that the host provides.',
    hint: 'Remove the service factory from the plugin, or list the service under dynamicPlugins.services.',
  },
  PACKAGE_DENIED: {
    meaning: 'The policy of the portal does not let this package or version be loaded.',
    hint: 'Use a package or version that is allowed, or change dynamicPlugins.packages.',
  },
  POLICY_MISSING: {
    meaning: 'A bundle that sets the permission policy does not run: what it was to decide is denied.',
    hint: 'Repair its drop, or remove it. Operators can disable the bundle: then everything else is allowed.',
  },
  DOWNGRADE_REFUSED: {
    meaning: 'A build is older than one of its package that has served, and dynamicPlugins.downgrades refuses that.',
    hint: 'Drop a newer build. If the older one is meant, roll back, or list the package under dynamicPlugins.downgrades.allow.',
  },
  DATABASE_NEWER: {
    meaning: 'A newer build has migrated the database of the plugin, and this one may not, or cannot, run on that.',
    hint: 'Drop the newer build again, or allow older builds with dynamicPlugins.database.olderBuilds.',
  },
  DATABASE_LOCKED: {
    meaning:
      'A migration of the database of the plugin runs elsewhere, or has ended half way without giving back its lock.',
    hint: 'Wait for the other portal. Where none migrates, check what the migration left, then set is_locked to 0 in the named table.',
  },
  DATABASE_UNREADABLE: {
    meaning: 'Older builds are refused, and the database of the plugin does not tell which migrations it has.',
    hint: 'Make the database of the plugin readable for the portal; the message says what stands in the way.',
  },
  OPEN_ROUTE_REFUSED: {
    meaning: 'A bundle declares a path open that the policy of the portal keeps behind the session check.',
    hint: 'List the path under dynamicPlugins.auth.open if callers without a session may use it.',
  },
  // Loading and starting
  MODULE_NOT_FOUND: {
    meaning: 'A module that the bundle imports cannot be resolved.',
    hint: 'Export the plugin again with `stagedoor export`: it carries every dependency.',
  },
  LOAD_FAILED: {
    meaning: 'The entry point threw while it was loaded (a syntax error, a throw at the top level).',
    hint: 'Run the plugin on its own to see the error, correct it, and export it again.',
  },
  NOT_A_FEATURE: {
    meaning: 'The package exports no backend feature.',
    hint: 'Export createBackendPlugin(...) or createBackendModule(...) as default.',
  },
  LEGACY_BACKEND: {
    meaning: 'The package is of the old backend system: it exports createRouter only.',
    hint: 'Use a release of the plugin for the new backend system (a default export made by createBackendPlugin).',
  },
  NO_PLUGIN_ID: {
    meaning: 'The package registers no plugin and no module.',
    hint: 'Export createBackendPlugin(...) or createBackendModule(...) as default.',
  },
  PLUGIN_ID_INVALID: {
    meaning: 'A plugin id or module id holds characters other than letters, digits, dashes and underscores.',
    hint: 'Correct the pluginId or moduleId in the source of the plugin and export it again.',
  },
  REGISTER_FAILED: {
    meaning: 'The register function of a plugin or module threw.',
    hint: 'Correct the plugin and export it again.',
  },
  INIT_FAILED: {
    meaning: 'The init function of a plugin or module threw.',
    hint: 'Read the message: often a missing config value or an unreachable service.',
  },
  START_TIMEOUT: {
    meaning: 'The plugin did not finish its init within dynamicPlugins.startTimeout.',
    hint: 'Do long work in a startup hook or a scheduled task, or raise dynamicPlugins.startTimeout.',
  },
  HOST_SERVICE_CHANGED: {
    meaning: 'The installed @backstage/backend-defaults makes a service in another way than this loader knows.',
    hint: 'Install the release of @backstage/backend-defaults that @stagedoor/loader depends on, or upgrade the loader.',
  },
  ROOT_ROUTE_REFUSED: {
    meaning: 'A bundle mounts a path on the root HTTP router, which the session check does not cover.',
    hint: 'Serve the route with coreServices.httpRouter.',
  },
  PLUGIN_ABSENT: {
    meaning: 'The plugin that this module extends is not running.',
    hint: 'Drop the bundle of the plugin; the module joins by itself.',
  },
  REMOTE_INVALID: {
    meaning: 'A frontend plugin is not a Module Federation remote that an app on the new frontend system can load.',
    hint: 'Export the plugin with `npx @stagedoor/cli export`, and drop all of the output.',
  },
  SETTING_INVALID: {
    meaning: 'A value under dynamicPlugins in app-config is not accepted.',
    hint: 'Correct the named key; loader/config.d.ts lists the keys and accepted values.',
  },
  HOST_COPY_NESTED: {
    meaning: "The loader and the backend use two installed copies of one of Backstage's host packages.",
    hint: 'Let @stagedoor/loader and the backend ask for versions that overlap, then install again (`npm dedupe`, `yarn dedupe`).',
  },
  STATE_DIRECTORY_IN_USE: {
    meaning: 'Another portal that runs uses the same state directory.',
    hint: 'Give each portal a dynamicPlugins.stateDirectory of its own, on a local disk; the root directory may be shared.',
  },
  STATE_UNWRITABLE: {
    meaning: 'The state directory cannot be read or written.',
    hint: 'Give the portal process write permission on dynamicPlugins.stateDirectory, and room on that disk.',
  },
  STATE_FILE_DAMAGED: {
    meaning:
      'The file in which operator decisions are remembered cannot be understood; the portal goes on without them.',
    hint: 'Compare the damaged file with the plugin list, and disable again what was disabled.',
  },
  // Processes of plugins
  ISOLATION_IMPOSSIBLE: {
    meaning: 'The settings want the bundle in a process of its own, and what it extends runs in the portal.',
    hint: 'Set dynamicPlugins.plugins.<plugin id>.isolation to in-process if its code may run in the portal.',
  },
  PROCESS_ENDED: {
    meaning: 'The process of the plugin ended by itself or was ended by a signal.',
    hint: 'Read what it logged last; it is started again by itself, later each time.',
  },
  PROCESS_HUNG: {
    meaning: 'The process of the plugin gave no sign of life for five seconds, e.g. in an endless loop, and was ended.',
    hint: 'Ask the author of the plugin; it is started again by itself, later each time.',
  },
  PROCESS_OUT_OF_MEMORY: {
    meaning: 'The process of the plugin needed more memory than it may have.',
    hint: 'Raise dynamicPlugins.process.memoryLimitMb, or dynamicPlugins.plugins.<plugin id>.memoryLimitMb.',
  },
  PROCESS_UNAVAILABLE: {
    meaning: 'The process of the plugin does not run at this moment.',
    hint: 'Ask again after the time in the Retry-After header.',
  },
  PROCESS_USER_UNAVAILABLE: {
    meaning: 'The process of the plugin cannot have a user of its own, as dynamicPlugins.process.users wants it.',
    hint: 'Read the message; or remove dynamicPlugins.process.users, and processes run as the user of the portal.',
  },
  ANSWER_INVALID: {
    meaning: 'The process of the plugin answered with something that cannot be passed on as HTTP, e.g. status 000.',
    hint: 'Ask the author of the plugin; the log of the plugin may say more.',
  },
  ACCESS_DENIED: {
    meaning:
      'The plugin reached for a file, a program or a worker that the permission model of its process keeps from it.',
    hint: 'Set dynamicPlugins.plugins.<plugin id>.permissionModel to false if it may have that.',
  },
  CONNECTION_DENIED: {
    meaning: 'A confined process wanted to connect to something on its own machine that no setting names.',
    hint: 'Add the place to dynamicPlugins.plugins.<plugin id>.connect if the plugin may reach it.',
  },
  // What operators do
  PLUGIN_DISABLED: {
    meaning: 'An operator took the plugin out of service.',
    hint: 'Enable it: POST /api/dynamic-plugins/v1/plugins/<name>/enable.',
  },
  PLUGIN_QUARANTINED: {
    meaning: 'The plugin ended by itself too often and is not started any more.',
    hint: 'Drop a corrected build, or reload it: POST /api/dynamic-plugins/v1/plugins/<name>/reload.',
  },
  PLUGIN_UNHEALTHY: {
    meaning: 'The health checks of the plugin fail.',
    hint: 'Read the message: often a service that the plugin needs and cannot reach.',
  },
  METRICS_PORT_UNAVAILABLE: {
    meaning: 'The port for metrics cannot be opened.',
    hint: 'Change dynamicPlugins.metrics.port or dynamicPlugins.metrics.host, or end what uses the port.',
  },
  PLUGIN_UNKNOWN: {
    meaning: 'No dynamic plugin has that name.',
    hint: 'GET /api/dynamic-plugins/v1/plugins lists the names.',
  },
  OPERATION_UNKNOWN: {
    meaning: 'No operation has that id, or it was long ago.',
    hint: 'Only the latest operations since the start of the portal can be asked about.',
  },
  OPERATION_IN_PROGRESS: {
    meaning: 'Another operation on the same plugin is under way.',
    hint: 'Wait until it has ended: GET /api/dynamic-plugins/v1/operations/<id>.',
  },
  UPLOAD_TOO_LARGE: {
    meaning: 'An upload is larger than this portal takes.',
    hint: 'Export the plugin with `stagedoor export`: bundles are small. Or copy it into the root directory.',
  },
  UPLOAD_ENTRY_TAKEN: {
    meaning: 'The entry of the root directory that the upload would replace holds another package.',
    hint: 'Give the named entry another name, and upload again.',
  },
  UPLOAD_OUTRANKED: {
    meaning: 'An upload would have no effect: a drop beside it counts more.',
    hint: 'Remove the other drop from the root directory, or upload a higher version.',
  },
  ROOT_UNWRITABLE: {
    meaning: 'The root directory cannot be written, so nothing can be uploaded.',
    hint: 'Give the portal process write permission on dynamicPlugins.rootDirectory, or add the bundle where that is filled.',
  },
  SBOM_MISSING: {
    meaning: 'The bundle carries no software bill of materials that can be read.',
    hint: 'Export the plugin again with `stagedoor export`: its bundles carry one.',
  },
  ROLLBACK_IMPOSSIBLE: {
    meaning: 'There is no earlier build of the plugin to go back to.',
    hint: 'Drop the build that is wanted into the root directory.',
  },
  ROUTE_UNKNOWN: {
    meaning: 'The admin API has no such path or method.',
    hint: 'GET /api/dynamic-plugins/v1/openapi.json describes all of them.',
  },
  NOT_SIGNED_IN: {
    meaning: 'The request carries no valid token of a user or service.',
    hint: 'Sign in, and send the Backstage token as a bearer token.',
  },
  NOT_PERMITTED: {
    meaning: 'The caller is not permitted to do that.',
    hint: 'Add the user or one of their groups to dynamicPlugins.operators, or allow it in the permission policy.',
  },
  POLICY_UNAVAILABLE: {
    meaning: 'The permission backend does not answer, so that only operators are permitted to do that.',
    hint: 'Read the log of the permission backend, or add the user to dynamicPlugins.operators.',
  },
  UPLOAD_DISABLED: {
    meaning: 'This portal takes no uploads.',
    hint: 'Set dynamicPlugins.upload.enabled to true, or put the bundle into the root directory.',
  },
  PORTAL_STOPPING: {
    meaning: 'The portal is shutting down and takes no operations any more.',
    hint: 'Ask again when the portal is back.',
  },
  INTERNAL_ERROR: {
    meaning: 'Something failed in the portal itself.',
    hint: 'The log of the portal says what; please report it if it is a fault of Stagedoor.',
  },
  SHARED_PACKAGE_MISSING: {
    meaning: 'A shared @backstage package is not installed where it is needed.',
    hint: 'Install @backstage/backend-defaults in the host, then start it again.',
  },
  // Starting the portal
  CONFIG_FILE_MISSING: {
    meaning: 'A config file that the portal was started with does not exist.',
    hint: 'Name existing files with --config, or start the portal in the folder that holds app-config.yaml.',
  },
  PORT_IN_USE: {
    meaning: 'The port that the portal listens on is taken.',
    hint: 'Stop the other process, or choose another port: backend.listen.port in app-config, or `npm start -- --port 7008`.',
  },
  PORTAL_START_FAILED: {
    meaning: 'The portal did not start.',
    hint: 'Read the message: often a missing config value or an unreachable database.',
  },
  // Making plugins
  TARGET_NOT_EMPTY: {
    meaning: 'The folder that a plugin would be made in is there already, and not empty.',
    hint: 'Name another folder; nothing is ever overwritten.',
  },
  // Exporting
  DEPENDENCY_NOT_INSTALLED: {
    meaning: 'A dependency of the plugin is not installed.',
    hint: 'Install the dependencies of the plugin (`npm install` or `yarn install`), then export again.',
  },
  LOCKFILE_MISMATCH: {
    meaning: 'A package that goes into the bundle is not installed in the version that the lockfile says.',
    hint: 'Install what the lockfile says (`npm ci`, `yarn install`, `pnpm install`), then export again.',
  },
  LOCKFILE_UNREADABLE: {
    meaning: 'The lockfile is damaged or in a format that is not read.',
    hint: 'Let the package manager write it anew: npm 7, Yarn 1 or pnpm 8, or later.',
  },
  PNP_UNSUPPORTED: {
    meaning: "The dependencies are installed with Yarn Plug'n'Play, without node_modules.",
    hint: 'Write `nodeLinker: node-modules` in .yarnrc.yml, run `yarn install`, then export again.',
  },
  HOST_UNREADABLE: {
    meaning: 'The host manifest that --host names cannot be read.',
    hint: 'Name a saved manifest, or the URL of a portal, with a token in STAGEDOOR_HOST_TOKEN or --host-token-file.',
  },
  NODE_UNSUPPORTED: {
    meaning: 'The Node.js of the host is outside the range that the plugin supports.',
    hint: 'Use a release of the plugin that supports it, or upgrade Node.js on the host.',
  },
  BUILD_FAILED: {
    meaning: 'The source of the plugin does not build.',
    hint: 'Correct the source at the named file and line.',
  },
  PACKAGE_NOT_FOUND: {
    meaning: 'The named package is neither installed nor in the npm registry.',
    hint: 'Check the name and version, and the registry in .npmrc.',
  },
  FETCH_FAILED: {
    meaning: 'npm could not install the named package.',
    hint: 'Read the message of npm; check the registry and credentials in .npmrc and the network.',
  },
  VERIFY_FAILED: {
    meaning: 'The finished bundle did not start on the test host.',
    hint: 'Read the cause above it; nothing was written.',
  },
  CONFIG_SCHEMA_INVALID: {
    meaning: 'The configSchema of the package cannot be read.',
    hint: 'Correct the file or object that "configSchema" in package.json names.',
  },
  CONFIG_SCHEMA_LIMIT: {
    meaning: 'The config schema of a bundle is larger, deeper or slower to check than is allowed.',
    hint: 'Simplify the schema (fewer properties, no nested repetitions in patterns) and export the plugin again.',
  },
  SOURCE_UNREADABLE: {
    meaning: 'A file of the plugin or of one of its dependencies cannot be read.',
    hint: 'Correct the permissions of the named file, or install the dependencies again.',
  },
  OUTPUT_UNWRITABLE: {
    meaning: 'The output folder cannot be written.',
    hint: 'Choose another folder with --out, or correct its permissions.',
  },
  OUTPUT_NOT_A_BUNDLE: {
    meaning: 'The output folder holds something other than an earlier bundle or mirror.',
    hint: 'Choose an empty or new folder with --out.',
  },
  // Signing, and reading finished bundles
  MANIFEST_MISSING: {
    meaning: 'The bundle has no dynamic-bundle.json.',
    hint: 'Only bundles made by `stagedoor export` can be signed, verified and inspected.',
  },
  BUNDLE_NOT_FOUND: {
    meaning: 'The named bundle is neither a folder nor an archive.',
    hint: 'Name a bundle folder, a .tgz file or an https address.',
  },
  DOWNLOAD_FAILED: {
    meaning: 'The bundle could not be downloaded.',
    hint: 'Check the address and the network; download the file by other means and name it.',
  },
  DOWNLOAD_TOO_SLOW: {
    meaning: 'A server sends less than 8 KiB per second, or a download is not complete in the time that it may take.',
    hint: 'Try again, or use a registry that is nearer: an archive may take 15 minutes, a layer of an image 60.',
  },
  SIGNATURE_MISSING: {
    meaning: 'The bundle is not signed.',
    hint: 'Sign it with `stagedoor sign`.',
  },
  SIGNATURE_INVALID: {
    meaning: 'The signature does not fit the bundle, or the signature file cannot be read.',
    hint: 'Get the bundle again from its maker; a bundle that was exported again must be signed again.',
  },
  SIGNATURE_UNTRUSTED: {
    meaning: 'No trusted key signed the bundle.',
    hint: 'Get the public key from the maker of the bundle, by another way than the bundle itself, and trust it.',
  },
  KEY_INVALID: {
    meaning: 'The file is not an Ed25519 key in PEM form, or cannot be read.',
    hint: 'Make a key pair with `stagedoor keygen`.',
  },
  KEY_EXISTS: {
    meaning: 'The key file that would be written is already there.',
    hint: 'Choose another name with --out; remove an old key only when nothing needs it any more.',
  },
  PASSPHRASE_MISSING: {
    meaning: 'The private key needs a passphrase, and there is no terminal to ask for one.',
    hint: 'Give it with --passphrase-file or in STAGEDOOR_KEY_PASSPHRASE.',
  },
  PASSPHRASE_WRONG: {
    meaning: 'The passphrase does not open the private key, or was not repeated as it was first typed.',
    hint: 'Enter the passphrase that the key was made with.',
  },
  // Installing what a list names
  PLUGIN_LIST_INVALID: {
    meaning: 'The list of plugins, or a file that it includes, cannot be read or says something that is not accepted.',
    hint: 'Correct the named lines; cli/README.md describes the keys.',
  },
  CREDENTIALS_IN_LIST: {
    meaning: 'An address in the list of plugins holds a user name or password.',
    hint: 'Remove it; write //host/:_authToken=… in .npmrc, or for images run `docker login` or set REGISTRY_AUTH_FILE.',
  },
  PLUGIN_LISTED_TWICE: {
    meaning: 'Two entries of one level of the list, or two packages that turn out to be one, name the same plugin.',
    hint: 'Remove one of the two. The main file overrides what it includes; included files do not override each other.',
  },
  PLUGIN_REFERENCE_UNRESOLVED: {
    meaning: 'A {{inherit}} or ref:// means no included entry, or more than one, or stands in an included file.',
    hint: 'Write the image with its tag or digest, and with !path where it holds several plugins.',
  },
  PLUGIN_CONFIG_CONFLICT: {
    meaning: 'The pluginConfig of two plugins sets one key differently.',
    hint: 'Set the key in app-config instead, and remove it from the pluginConfig of both.',
  },
  INTEGRITY_MISSING: {
    meaning: 'A package from an npm registry or a web server is listed without integrity.',
    hint: 'Add integrity: what `npm view <package>@<version> dist.integrity` prints, or the maker of the archive says.',
  },
  VERSION_TOO_OLD: {
    meaning: 'A package is older than the minVersion of its entry in the list of plugins.',
    hint: 'Install a version from minVersion on; lower minVersion in the list only where the older one is meant.',
  },
  PLUGIN_LOCK_MISMATCH: {
    meaning: 'With --frozen: what would be installed is not what dynamic-plugins.lock says.',
    hint: 'Run `stagedoor install` without --frozen where the change is meant, and keep the lock file that it writes.',
  },
  INSTALL_LOCK_LOST: {
    meaning: 'An install stood still for so long that another one began on its root directory; it has changed nothing.',
    hint: 'Run `stagedoor install` again where the other one did not install what is listed.',
  },
  PLUGIN_LOCK_INVALID: {
    meaning: 'The dynamic-plugins.lock cannot be read.',
    hint: 'Run `stagedoor install` without --frozen: it writes the file anew.',
  },
  ROOT_ENTRY_TAKEN: {
    meaning: 'A drop that `stagedoor install` did not put there has the place that a plugin of the list would have.',
    hint: 'Remove that drop, or take the plugin off the list.',
  },
  INSTALL_IN_PROGRESS: {
    meaning: 'Another install has been working on the same root directory for too long.',
    hint: 'See whether it hangs, and end it: what waits goes on by itself.',
  },
  // Registries and images
  INTEGRITY_MISMATCH: {
    meaning: 'What was downloaded does not have the integrity that is asked for.',
    hint: 'Compare the integrity with what the maker of the package says; a package that was published again has another one.',
  },
  PACKAGE_NOT_DYNAMIC: {
    meaning: 'A package from an npm registry is a plugin as it is published, not a dynamic bundle.',
    hint: 'Add `export: true` to its entry in dynamic-plugins.yaml.',
  },
  MIRROR_INVALID: {
    meaning: 'The mirror cannot be read, or holds something else than it says.',
    hint: 'Make it again with `stagedoor mirror`, and compare the checksum after copying it.',
  },
  MIRROR_INCOMPLETE: {
    meaning: 'The mirror does not hold a package that is listed.',
    hint: 'Run `stagedoor mirror` with this list where there is a network, and bring the new mirror here.',
  },
  OCI_REFERENCE_INVALID: {
    meaning: 'The address of an image cannot be read.',
    hint: 'Write oci://host/repository:tag or oci://host/repository@sha256:…, with !path for one plugin of several.',
  },
  REGISTRY_FAILED: {
    meaning: 'The container registry does not answer, or not as the distribution specification has it.',
    hint: 'Check the host name and the network; `--ca` names further authorities, `--insecure` allows plain http.',
  },
  REGISTRY_UNAUTHORIZED: {
    meaning: 'The container registry wants credentials, or refuses those that it was given.',
    hint: 'Run `docker login` or `podman login`, or set REGISTRY_AUTH_FILE to a file with credentials that may do this.',
  },
  IMAGE_NOT_FOUND: {
    meaning: 'The container registry has no image of that tag or digest.',
    hint: 'Check repository and tag: `skopeo list-tags docker://host/repository` lists them.',
  },
  IMAGE_INVALID: {
    meaning: 'The image cannot be read, is for another platform, or its content has another digest than it should.',
    hint: 'Push the image again with `stagedoor push`.',
  },
  IMAGE_PATH_INVALID: {
    meaning: 'The reference does not say which plugin of the image is meant, or there is none at its path.',
    hint: 'Add the folder of the plugin to the reference: oci://host/repository:tag!folder.',
  },
  CREDENTIALS_UNREADABLE: {
    meaning: 'A file with registry credentials cannot be read, or a credential helper fails.',
    hint: 'Correct the file, or install the credential helper that it names.',
  },
  CA_INVALID: {
    meaning: 'The file of certificate authorities cannot be read or holds no certificate.',
    hint: 'Name a file of certificates in PEM form with --ca.',
  },
  // The command line
  WORKSPACE_INVALID: {
    meaning: 'The file that names the packages of a workspace cannot be read.',
    hint: 'Correct "workspaces" in package.json, or pnpm-workspace.yaml.',
  },
  WORKSPACE_EMPTY: {
    meaning: 'The workspace holds no plugin, or --filter leaves none.',
    hint: 'Give a plugin package its backstage.role, e.g. backend-plugin, and list its folder among the workspaces.',
  },
  USAGE: {
    meaning: 'The command line is not understood.',
    hint: 'Run the command with --help.',
  },
} as const satisfies Record<string, CodeEntry>;

/** A permanent error code. */
export type ErrorCode = keyof typeof codes;
