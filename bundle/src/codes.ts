/** Meaning of a code, and the hint for errors without a more specific one. */
interface CodeEntry {
  meaning: string;
  hint: string;
}

/**
 * Every code that users can see. Codes are permanent: never rename or reuse one. `docs/errors.md` contains the same list, and
 * a test compares the two.
 */
export const codes = {
  // The bundle itself
  PACKAGE_JSON_MISSING: {
    meaning: 'The folder contains no package.json.',
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
    meaning: 'The backstage.role is not supported.',
    hint: 'Use a package whose backstage.role is backend-plugin, frontend-plugin, backend-plugin-module or frontend-plugin-module.',
  },
  MAIN_MISSING: {
    meaning: 'The entry point that package.json names does not exist.',
    hint: 'Point "main" in package.json at the source entry (src/index.ts) or build the package first.',
  },
  MAIN_OUTSIDE: {
    meaning: 'The entry point is outside the bundle.',
    hint: 'Point "main" at a file inside the bundle.',
  },
  MANIFEST_INVALID: {
    meaning: 'The dynamic-bundle.json does not match the schema of format 1.',
    hint: 'Export the plugin again with `stagedoor export`.',
  },
  FORMAT_UNSUPPORTED: {
    meaning: 'The bundle format is newer than this host supports.',
    hint: 'Upgrade Stagedoor on the host, or export with an older `stagedoor`.',
  },
  DIGEST_MISMATCH: {
    meaning: 'A file of the bundle differs from the manifest, is missing, or is not listed in it.',
    hint: 'Copy or export the bundle again. Do not edit bundles by hand.',
  },
  // Archives and drops
  ARCHIVE_INVALID: {
    meaning: 'The archive cannot be read as a gzip-compressed tar.',
    hint: 'Copy the archive again, or create it with `stagedoor export --pack`.',
  },
  ARCHIVE_UNSAFE: {
    meaning: 'The archive or folder contains a link, a device, or an entry that leads outside.',
    hint: 'Create the archive with `stagedoor export --pack`.',
  },
  ARCHIVE_TOO_LARGE: {
    meaning: 'The archive or folder exceeds a limit, which the message names.',
    hint: 'Export the plugin with `stagedoor export`, which creates small bundles.',
  },
  DROP_UNREADABLE: {
    meaning: 'The drop cannot be read.',
    hint: 'Give the portal process read permission on the drop.',
  },
  // The host's side of validation
  ROOT_UNREADABLE: {
    meaning: 'The root directory cannot be read. Running plugins continue.',
    hint: 'Give the portal process read permission on dynamicPlugins.rootDirectory, or mount its volume again.',
  },
  PEER_UNSATISFIED: {
    meaning: 'A shared package of the host does not satisfy the range that the bundle declares.',
    hint: 'Export the plugin against the Backstage release of the host, or upgrade the host.',
  },
  PEER_UNKNOWN: {
    meaning: 'The bundle declares a peer that the host does not share.',
    hint: 'Export the plugin with `stagedoor export`, which inlines packages that hosts do not share.',
  },
  BACKSTAGE_VERSION_UNSUPPORTED: {
    meaning: 'The Backstage release of the host is outside backstage.supported-versions.',
    hint: 'Use a release of the plugin that supports the host, or upgrade the host.',
  },
  PLATFORM_MISMATCH: {
    meaning: 'The bundle contains native code for another platform, architecture or Node ABI.',
    hint: 'Export the plugin on the platform and Node version of the host.',
  },
  CONFIG_INVALID: {
    meaning: 'The app-config does not match the config schema of the bundle.',
    hint: 'Correct the named key in app-config.',
  },
  CONFIG_VISIBILITY_CONFLICT: {
    meaning: 'The bundle and one that is already loaded disagree on the visibility of a key of app-config.',
    hint: 'Correct the visibility of the key in one of the two config schemas, or remove one of the two bundles.',
  },
  PLUGIN_ID_CONFLICT: {
    meaning: 'Another bundle or a static plugin provides the same plugin id.',
    hint: 'Remove one of the two.',
  },
  MODULE_ID_CONFLICT: {
    meaning: 'Another bundle or a static module provides the same module id.',
    hint: 'Remove one of the two.',
  },
  SERVICE_REPLACEMENT_REFUSED: {
    meaning: 'The bundle replaces a service that the host provides.',
    hint: 'Remove the service factory from the plugin, or list the service under dynamicPlugins.services.',
  },
  PACKAGE_DENIED: {
    meaning: 'The policy of the portal denies this package or version.',
    hint: 'Use a package or version that is allowed, or change dynamicPlugins.packages.',
  },
  POLICY_MISSING: {
    meaning: 'A bundle that sets the permission policy does not run. Everything that it was to decide is denied.',
    hint: 'Repair or remove its drop. If an operator disables the bundle, everything that needs no operator is allowed.',
  },
  DOWNGRADE_REFUSED: {
    meaning:
      'The build is older than a build of the same package that has served, and dynamicPlugins.downgrades refuses that.',
    hint: 'Drop a newer build. To use the older one, roll back, or list the package under dynamicPlugins.downgrades.allow.',
  },
  DATABASE_NEWER: {
    meaning: 'A newer build has migrated the database of the plugin, and this build may not, or cannot, run on it.',
    hint: 'Drop the newer build again, or allow older builds with dynamicPlugins.database.olderBuilds.',
  },
  DATABASE_LOCKED: {
    meaning: 'A migration of the database of the plugin is running elsewhere, or it stopped halfway and left its lock.',
    hint: 'Wait for the other portal. If none is migrating, check what the migration left, then set is_locked to 0 in the named table.',
  },
  DATABASE_UNREADABLE: {
    meaning: 'Older builds are refused, and the applied migrations cannot be read from the database of the plugin.',
    hint: 'Give the portal access to the database of the plugin; the message contains the cause.',
  },
  OPEN_ROUTE_REFUSED: {
    meaning: 'The bundle opens a path that the policy of the portal does not allow to be open.',
    hint: 'List the path under dynamicPlugins.auth.open if callers without a session may use it.',
  },
  // Loading and starting
  MODULE_NOT_FOUND: {
    meaning: 'A module that the bundle imports cannot be resolved.',
    hint: 'Export the plugin again with `stagedoor export`, which includes every dependency.',
  },
  LOAD_FAILED: {
    meaning: 'The entry point threw while it was loaded (a syntax error, a throw at the top level).',
    hint: 'Run the plugin by itself to see the error, correct it, and export it again.',
  },
  NOT_A_FEATURE: {
    meaning: 'The package exports no backend feature.',
    hint: 'Export createBackendPlugin(...) or createBackendModule(...) as default.',
  },
  LEGACY_BACKEND: {
    meaning: 'The package uses the old backend system: it exports only createRouter.',
    hint: 'Use a release of the plugin for the new backend system (a default export created with createBackendPlugin).',
  },
  NO_PLUGIN_ID: {
    meaning: 'The package registers neither a plugin nor a module.',
    hint: 'Export createBackendPlugin(...) or createBackendModule(...) as default.',
  },
  PLUGIN_ID_INVALID: {
    meaning: 'A plugin id or module id contains characters other than letters, digits, dashes and underscores.',
    hint: 'Correct the pluginId or moduleId in the source of the plugin and export it again.',
  },
  REGISTER_FAILED: {
    meaning: 'The register function of a plugin or module threw.',
    hint: 'Correct the plugin and export it again.',
  },
  INIT_FAILED: {
    meaning: 'The init function of a plugin or module threw.',
    hint: 'Read the message. Common causes are a missing config value and an unreachable service.',
  },
  START_TIMEOUT: {
    meaning: 'The plugin did not finish its init within dynamicPlugins.startTimeout.',
    hint: 'Move long work to a startup hook or a scheduled task, or raise dynamicPlugins.startTimeout.',
  },
  HOST_SERVICE_CHANGED: {
    meaning: 'The installed @backstage/backend-defaults creates a service in a way that this loader does not support.',
    hint: 'Install the release of @backstage/backend-defaults that @stagedoor/loader depends on, or upgrade the loader.',
  },
  ROOT_ROUTE_REFUSED: {
    meaning: 'The bundle mounts a path on the root HTTP router, which the session check does not cover.',
    hint: 'Serve the route with coreServices.httpRouter.',
  },
  PLUGIN_ABSENT: {
    meaning: 'The plugin that this module extends is not running.',
    hint: 'Drop the bundle of the plugin. The module then starts by itself.',
  },
  REMOTE_INVALID: {
    meaning: 'The frontend plugin is not a Module Federation remote that an app on the new frontend system can load.',
    hint: 'Export the plugin with `npx @stagedoor/cli export`, and drop the complete output.',
  },
  SETTING_INVALID: {
    meaning: 'A value under dynamicPlugins in app-config is invalid.',
    hint: 'Correct the named key; loader/config.d.ts lists the keys and accepted values.',
  },
  HOST_COPY_NESTED: {
    meaning: "The loader and the backend use different copies of one of Backstage's host packages.",
    hint: 'Use overlapping version ranges for @stagedoor/loader and the backend, then install again (`npm dedupe`, `yarn dedupe`).',
  },
  STATE_DIRECTORY_IN_USE: {
    meaning: 'Another running portal uses the same state directory.',
    hint: 'Set a separate dynamicPlugins.stateDirectory for each portal, on a local disk. The root directory may be shared.',
  },
  STATE_UNWRITABLE: {
    meaning: 'The state directory cannot be read or written.',
    hint: 'Give the portal process write permission on dynamicPlugins.stateDirectory, and free space on that disk.',
  },
  STATE_FILE_DAMAGED: {
    meaning: 'The file with the operator decisions cannot be parsed. The portal continues without them.',
    hint: 'Compare the damaged file with the plugin list, and disable again the plugins that were disabled.',
  },
  // Processes of plugins
  ISOLATION_IMPOSSIBLE: {
    meaning:
      'The settings require a separate process for the bundle, but the plugin that it extends runs in the portal.',
    hint: 'Set dynamicPlugins.plugins.<plugin id>.isolation to in-process if its code may run in the portal.',
  },
  PROCESS_ENDED: {
    meaning: 'The process of the plugin exited or was ended by a signal.',
    hint: 'Read its last log lines. The process is restarted automatically, with increasing delays.',
  },
  PROCESS_HUNG: {
    meaning:
      'The process of the plugin sent no heartbeat for five seconds, for example because of an endless loop, and was ended.',
    hint: 'Contact the author of the plugin. The process is restarted automatically, with increasing delays.',
  },
  PROCESS_OUT_OF_MEMORY: {
    meaning: 'The process of the plugin exceeded its memory limit.',
    hint: 'Raise dynamicPlugins.process.memoryLimitMb, or dynamicPlugins.plugins.<plugin id>.memoryLimitMb.',
  },
  PROCESS_UNAVAILABLE: {
    meaning: 'The process of the plugin is not running at the moment.',
    hint: 'Try again after the time in the Retry-After header.',
  },
  PROCESS_USER_UNAVAILABLE: {
    meaning: 'The process of the plugin cannot run as its own user, which dynamicPlugins.process.users requires.',
    hint: 'Follow the message, or remove dynamicPlugins.process.users to run processes as the user of the portal.',
  },
  ANSWER_INVALID: {
    meaning: 'The process of the plugin sent an answer that is not valid HTTP, for example status 000.',
    hint: 'Contact the author of the plugin. The log of the plugin may contain details.',
  },
  ACCESS_DENIED: {
    meaning: 'The permission model of the process denied the plugin access to a file, a program or a worker.',
    hint: 'Set dynamicPlugins.plugins.<plugin id>.permissionModel to false if the plugin may have access.',
  },
  CONNECTION_DENIED: {
    meaning: 'A confined process tried to connect to a target on its machine that no setting lists.',
    hint: 'Add the target to dynamicPlugins.plugins.<plugin id>.connect if the plugin may reach it.',
  },
  // What operators do
  PLUGIN_DISABLED: {
    meaning: 'An operator took the plugin out of service.',
    hint: 'Enable it in the console, or with `stagedoor plugins enable <name>`.',
  },
  PLUGIN_QUARANTINED: {
    meaning: 'The process of the plugin ended too often and is no longer restarted.',
    hint: 'Drop a corrected build, or reload it: POST /api/dynamic-plugins/v1/plugins/<name>/reload.',
  },
  PLUGIN_UNHEALTHY: {
    meaning: 'The health checks of the plugin fail.',
    hint: 'Read the message. A common cause is an unreachable service.',
  },
  METRICS_PORT_UNAVAILABLE: {
    meaning: 'The port for metrics cannot be opened.',
    hint: 'Change dynamicPlugins.metrics.port or dynamicPlugins.metrics.host, or stop the process that uses the port.',
  },
  PLUGIN_UNKNOWN: {
    meaning: 'No dynamic plugin has that name.',
    hint: 'See GET /api/dynamic-plugins/v1/plugins for the names.',
  },
  OPERATION_UNKNOWN: {
    meaning: 'No operation has that id, or its record has expired.',
    hint: 'The portal keeps only the latest operations since its start.',
  },
  OPERATION_IN_PROGRESS: {
    meaning: 'Another operation on the same plugin is in progress.',
    hint: 'Wait until it has ended: GET /api/dynamic-plugins/v1/operations/<id>.',
  },
  UPLOAD_TOO_LARGE: {
    meaning: 'The upload is larger than this portal accepts.',
    hint: 'Export the plugin with `stagedoor export`, which creates small bundles, or copy it into the root directory.',
  },
  UPLOAD_ENTRY_TAKEN: {
    meaning: 'The entry of the root directory that the upload would replace contains another package.',
    hint: 'Rename the entry, and upload again.',
  },
  UPLOAD_OUTRANKED: {
    meaning: 'The upload would have no effect, because another drop of the package takes precedence.',
    hint: 'Remove the other drop from the root directory, or upload a higher version.',
  },
  ROOT_UNWRITABLE: {
    meaning: 'The root directory cannot be written, so uploads are impossible.',
    hint: 'Give the portal process write permission on dynamicPlugins.rootDirectory, or add the bundle at the source of that folder.',
  },
  SBOM_MISSING: {
    meaning: 'The bundle contains no readable software bill of materials.',
    hint: 'Export the plugin again with `stagedoor export`, which adds one.',
  },
  ROLLBACK_IMPOSSIBLE: {
    meaning: 'There is no earlier build of the plugin to return to.',
    hint: 'Copy the desired build into the root directory.',
  },
  ROUTE_UNKNOWN: {
    meaning: 'The admin API does not have this path or method.',
    hint: 'See GET /api/dynamic-plugins/v1/openapi.json for all paths.',
  },
  LOG_QUERY_INVALID: {
    meaning: 'The query of a request for log lines is not valid.',
    hint: 'Use tail=<number>, after=<id>, level=warn, search=<text> and version=<version>.',
  },
  NOT_SIGNED_IN: {
    meaning: 'The request has no valid token of a user or service.',
    hint: 'Sign in, and send the Backstage token as a bearer token.',
  },
  NOT_PERMITTED: {
    meaning: 'The caller does not have permission.',
    hint: 'Add the user or one of their groups to dynamicPlugins.operators, or allow it in the permission policy.',
  },
  POLICY_UNAVAILABLE: {
    meaning: 'The permission backend does not answer, so only operators have permission.',
    hint: 'Read the log of the permission backend, or add the user to dynamicPlugins.operators.',
  },
  UPLOAD_DISABLED: {
    meaning: 'Uploads are disabled in this portal.',
    hint: 'Set dynamicPlugins.upload.enabled to true, or put the bundle into the root directory.',
  },
  PORTAL_UNREACHABLE: {
    meaning: 'The portal of --portal does not answer, or what answers is not a Stagedoor portal.',
    hint: 'Check the URL, the network and the proxy: --portal is the address of the portal in a browser.',
  },
  PORTAL_FAILED: {
    meaning: 'The portal reported an error that this version of the command does not know.',
    hint: 'Read the message, and the log of the portal.',
  },
  PLUGIN_NOT_READY: {
    meaning: 'The plugin did not reach the state that `stagedoor plugins wait` waits for.',
    hint: 'See `stagedoor plugins show <name>`.',
  },
  PLUGIN_NOT_UPLOADED: {
    meaning: 'Only uploaded bundles can be removed through the admin API.',
    hint: 'Delete the drop from the root directory, or remove the package from the list that installed it.',
  },
  PORTAL_STOPPING: {
    meaning: 'The portal is shutting down and no longer accepts operations.',
    hint: 'Try again when the portal has restarted.',
  },
  INTERNAL_ERROR: {
    meaning: 'An internal error occurred in the portal.',
    hint: 'See the log of the portal. Report the error if Stagedoor causes it.',
  },
  SHARED_PACKAGE_MISSING: {
    meaning: 'A shared @backstage package is not installed where it is needed.',
    hint: 'Install @backstage/backend-defaults in the host, then start it again.',
  },
  // Starting the portal
  CONFIG_FILE_MISSING: {
    meaning: 'A config file that the portal is started with does not exist.',
    hint: 'Pass existing files with --config, or start the portal in the folder that contains app-config.yaml.',
  },
  PORT_IN_USE: {
    meaning: 'The port of the portal is in use.',
    hint: 'Stop the other process, or choose another port: backend.listen.port in app-config, or `npm start -- --port 7008`.',
  },
  PORTAL_START_FAILED: {
    meaning: 'The portal did not start.',
    hint: 'Read the message. Common causes are a missing config value and an unreachable database.',
  },
  // Making plugins
  TARGET_NOT_EMPTY: {
    meaning: 'The target folder of the new plugin exists and is not empty.',
    hint: 'Choose another folder. Nothing is overwritten.',
  },
  // Exporting
  DEPENDENCY_NOT_INSTALLED: {
    meaning: 'A dependency of the plugin is not installed.',
    hint: 'Install the dependencies of the plugin (`npm install` or `yarn install`).',
  },
  LOCKFILE_MISMATCH: {
    meaning: 'A package of the bundle is not installed in the version of the lockfile.',
    hint: 'Install from the lockfile (`npm ci`, `yarn install`, `pnpm install`).',
  },
  LOCKFILE_UNREADABLE: {
    meaning: 'The lockfile is damaged or in an unsupported format.',
    hint: 'Generate it again with npm 7, Yarn 1 or pnpm 8, or later.',
  },
  PNP_UNSUPPORTED: {
    meaning: "The dependencies are installed with Yarn Plug'n'Play, without node_modules.",
    hint: 'Set `nodeLinker: node-modules` in .yarnrc.yml and run `yarn install`.',
  },
  HOST_UNREADABLE: {
    meaning: 'The host manifest of --host cannot be read.',
    hint: 'Pass a saved manifest, or the URL of a portal with a token in STAGEDOOR_HOST_TOKEN or --host-token-file.',
  },
  NODE_UNSUPPORTED: {
    meaning: 'The Node.js of the host, or of the command line, is outside the supported range.',
    hint: 'Upgrade Node.js, or use a release of the plugin that supports this one.',
  },
  BUILD_FAILED: {
    meaning: 'The source of the plugin does not build.',
    hint: 'Correct the source at the named file and line.',
  },
  PACKAGE_NOT_FOUND: {
    meaning: 'The package is neither installed nor in the npm registry.',
    hint: 'Check the name and version, and the registry in .npmrc.',
  },
  FETCH_FAILED: {
    meaning: 'npm could not install the package.',
    hint: 'Read the message of npm. Check the registry and credentials in .npmrc, and the network.',
  },
  VERIFY_FAILED: {
    meaning: 'The start check failed: the finished bundle did not start on the test host.',
    hint: 'Read the cause above. Nothing was written.',
  },
  CONFIG_SCHEMA_INVALID: {
    meaning: 'The configSchema of the package cannot be read.',
    hint: 'Correct the file or object in "configSchema" of package.json.',
  },
  CONFIG_SCHEMA_LIMIT: {
    meaning: 'The config schema of a bundle exceeds the limits on size, depth or time.',
    hint: 'Simplify the schema (fewer properties, no nested repetitions in patterns) and export the plugin again.',
  },
  SOURCE_UNREADABLE: {
    meaning: 'A file of the plugin or of one of its dependencies cannot be read.',
    hint: 'Correct the permissions of the file, or install the dependencies again.',
  },
  OUTPUT_UNWRITABLE: {
    meaning: 'The output folder cannot be written.',
    hint: 'Choose another folder with --out, or correct the permissions.',
  },
  OUTPUT_NOT_A_BUNDLE: {
    meaning: 'The output folder contains something other than an earlier bundle or mirror.',
    hint: 'Choose an empty or new folder with --out.',
  },
  // Signing, and reading finished bundles
  MANIFEST_MISSING: {
    meaning: 'The bundle has no dynamic-bundle.json.',
    hint: 'Use a bundle of `stagedoor export`. Only those can be signed, verified and inspected.',
  },
  BUNDLE_NOT_FOUND: {
    meaning: 'The bundle is neither a folder nor an archive.',
    hint: 'Pass a bundle folder, a .tgz file or an https address.',
  },
  DOWNLOAD_FAILED: {
    meaning: 'The bundle could not be downloaded.',
    hint: 'Check the address and the network, or download the file by other means and pass its path.',
  },
  DOWNLOAD_TOO_SLOW: {
    meaning: 'A server sends less than 8 KiB per second, or a download exceeds its time limit.',
    hint: 'Try again, or use a closer registry. The time limit is 15 minutes for an archive and 60 minutes for an image layer.',
  },
  SIGNATURE_MISSING: {
    meaning: 'The bundle is not signed.',
    hint: 'Sign it with `stagedoor sign`.',
  },
  SIGNATURE_INVALID: {
    meaning: 'The signature does not match the bundle, or the signature file cannot be read.',
    hint: 'Get the bundle again from its author. A bundle that was exported again must be signed again.',
  },
  SIGNATURE_UNTRUSTED: {
    meaning: 'No trusted key signed the bundle.',
    hint: 'Get the public key from the author of the bundle, through a channel other than the bundle, and trust it.',
  },
  KEY_INVALID: {
    meaning: 'The file is not an Ed25519 key in PEM form, or cannot be read.',
    hint: 'Create a key pair with `stagedoor keygen`.',
  },
  KEY_EXISTS: {
    meaning: 'The key file already exists.',
    hint: 'Choose another name with --out. Delete an old key only when nothing needs it.',
  },
  PASSPHRASE_MISSING: {
    meaning: 'The private key needs a passphrase, and there is no terminal for a prompt.',
    hint: 'Pass it with --passphrase-file or in STAGEDOOR_KEY_PASSPHRASE.',
  },
  PASSPHRASE_WRONG: {
    meaning: 'The passphrase does not decrypt the private key, or the repetition differs.',
    hint: 'Enter the passphrase that the key was created with.',
  },
  // Installing what a list names
  PLUGIN_LIST_INVALID: {
    meaning: 'The list of plugins, or a file that it includes, cannot be read or is invalid.',
    hint: 'Correct the named lines; cli/README.md describes the keys.',
  },
  CREDENTIALS_IN_LIST: {
    meaning: 'An address in the list of plugins contains a user name or password.',
    hint: 'Remove it. Put //host/:_authToken=… into .npmrc, or for images run `docker login` or set REGISTRY_AUTH_FILE.',
  },
  PLUGIN_LISTED_TWICE: {
    meaning: 'Two enabled entries at one level of the list, or two packages with one name, are the same plugin.',
    hint: 'Remove one of the two. The main file overrides included files; included files do not override each other.',
  },
  PLUGIN_REFERENCE_UNRESOLVED: {
    meaning: 'A {{inherit}} or ref:// matches no included entry or several, or is used in an included file.',
    hint: 'Write the image with its tag or digest, and with !path if it contains several plugins.',
  },
  CATALOG_INDEX_INVALID: {
    meaning: 'The image in CATALOG_INDEX_IMAGE is not a catalog index.',
    hint: 'Name an image that contains dynamic-plugins.default.yaml at its top.',
  },
  PLUGIN_CONFIG_CONFLICT: {
    meaning: 'The pluginConfig of two plugins sets one key differently.',
    hint: 'Set the key in app-config instead, and remove it from the pluginConfig of both.',
  },
  INTEGRITY_MISSING: {
    meaning: 'A package from an npm registry or a web server is listed without integrity.',
    hint: 'Add the integrity that `npm view <package>@<version> dist.integrity` prints, or that the author of the archive publishes.',
  },
  VERSION_TOO_OLD: {
    meaning: 'A package is older than the minVersion of its entry in the list of plugins.',
    hint: 'Install minVersion or a newer version. Lower minVersion in the list only if you want the older one.',
  },
  PLUGIN_LOCK_MISMATCH: {
    meaning: 'With --frozen: the install would differ from dynamic-plugins.lock.',
    hint: 'If the change is intended, run `stagedoor install` without --frozen and keep the lock file that it writes.',
  },
  INSTALL_LOCK_LOST: {
    meaning:
      'The install stalled until another machine took over its root directory. It has changed nothing since then.',
    hint: 'If the other one did not install what is listed, run `stagedoor install` again.',
  },
  PLUGIN_LOCK_INVALID: {
    meaning: 'The dynamic-plugins.lock cannot be read.',
    hint: 'Run `stagedoor install` without --frozen to write the file again.',
  },
  ROOT_ENTRY_TAKEN: {
    meaning: 'A file that is not managed by `stagedoor install` has the name that a plugin of the list needs.',
    hint: 'Remove that file, or remove the plugin from the list.',
  },
  INSTALL_IN_PROGRESS: {
    meaning: 'Another install has been using the same root directory for too long.',
    hint: 'End the other install if it hangs. Waiting installs then continue.',
  },
  // Registries and images
  INTEGRITY_MISMATCH: {
    meaning: 'The download does not have the required integrity.',
    hint: 'Compare the integrity with that of the author of the package. A package that was published again has another one.',
  },
  PACKAGE_NOT_DYNAMIC: {
    meaning: 'A package from an npm registry is an ordinary plugin, not a dynamic bundle.',
    hint: 'Add `export: true` to its entry in dynamic-plugins.yaml.',
  },
  MIRROR_INVALID: {
    meaning: 'The mirror cannot be read, or its content does not match its index.',
    hint: 'Create it again with `stagedoor mirror`, and compare the checksum after copying it.',
  },
  MIRROR_INCOMPLETE: {
    meaning: 'The mirror does not contain a listed package.',
    hint: 'Run `stagedoor mirror` with this list on a machine with a network, and copy the new mirror here.',
  },
  OCI_REFERENCE_INVALID: {
    meaning: 'The address of an image cannot be read.',
    hint: 'Write oci://host/repository:tag or oci://host/repository@sha256:…, with !path for one plugin of several.',
  },
  REGISTRY_FAILED: {
    meaning: 'The container registry does not answer, or violates the distribution specification.',
    hint: 'Check the host name and the network. `--ca` adds certificate authorities, `--insecure` allows plain http.',
  },
  REGISTRY_UNAUTHORIZED: {
    meaning: 'The container registry requires credentials, or refuses the given ones.',
    hint: 'Run `docker login` or `podman login`, or set REGISTRY_AUTH_FILE to a file with credentials that may do this.',
  },
  IMAGE_NOT_FOUND: {
    meaning: 'The container registry has no image with that tag or digest.',
    hint: 'Check the repository and the tag, for example with `skopeo list-tags docker://host/repository`.',
  },
  IMAGE_INVALID: {
    meaning: 'The image cannot be read, is for another platform, or has content with a wrong digest.',
    hint: 'Push the image again with `stagedoor push`.',
  },
  IMAGE_PATH_INVALID: {
    meaning: 'The reference does not select a plugin of the image, or there is none at its path.',
    hint: 'Add the folder of the plugin to the reference: oci://host/repository:tag!folder.',
  },
  CREDENTIALS_UNREADABLE: {
    meaning: 'A file with registry credentials cannot be read, or a credential helper fails.',
    hint: 'Correct the file, or install the credential helper in it.',
  },
  CA_INVALID: {
    meaning: 'The file of certificate authorities cannot be read or contains no certificate.',
    hint: 'Pass a file of PEM certificates with --ca.',
  },
  // The command line
  WORKSPACE_INVALID: {
    meaning: 'The file that lists the packages of a workspace cannot be read.',
    hint: 'Correct "workspaces" in package.json, or pnpm-workspace.yaml.',
  },
  WORKSPACE_EMPTY: {
    meaning: 'The workspace contains no plugin, or --filter excludes all.',
    hint: 'Set backstage.role in a plugin package, for example to backend-plugin, and list its folder in the workspaces.',
  },
  USAGE: {
    meaning: 'The command line is invalid.',
    hint: 'Run the command with --help.',
  },
} as const satisfies Record<string, CodeEntry>;

/** A permanent error code. */
export type ErrorCode = keyof typeof codes;
