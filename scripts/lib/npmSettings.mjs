/** Settings of npm for what is installed or published, where, and what is printed; not for where packages come from, and how. */
const DECIDING = new RegExp(
  `^npm_config_(${[
    'global|location|prefix|workspaces?|include_workspace_root',
    'omit|include|only|also|production|dev|optional|os|cpu|libc|before|min_release_age',
    'dry_run|ignore_scripts|bin_links|package_lock|package_lock_only|save(_\\w+)?|tag|access|force',
    'install_strategy|install_links|legacy_\\w+|strict_peer_deps|engine_strict',
    'json|loglevel|audit(_\\w+)?|init_\\w+|script_shell',
  ].join('|')})$`,
  'i',
);

/** `env` without settings that a user has for other projects and that would change the result of npm here. */
export function withoutNpmSettings(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !DECIDING.test(name)));
}
