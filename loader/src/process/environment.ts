/** Variables that Node, its libraries and programs started by a plugin use; none of them contains a secret of the portal. */
const PASSED_ON = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'TZ',
  'LANG',
  'LANGUAGE',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SYSTEMROOT',
  'NODE_ENV',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
  'GLOBAL_AGENT_HTTP_PROXY',
  'GLOBAL_AGENT_HTTPS_PROXY',
  'GLOBAL_AGENT_NO_PROXY',
  'NODE_USE_ENV_PROXY',
  'LOG_LEVEL',
];

/**
 * The environment of a plugin's process: the variables above and those that the operator lists. Secrets of the portal reach a
 * plugin only through app-config.
 */
export function childEnvironment(own: NodeJS.ProcessEnv, listed: readonly string[]): NodeJS.ProcessEnv {
  const names = new Set([...PASSED_ON, ...listed]);
  const entries = Object.entries(own).filter(
    ([name]) => names.has(name) || name.startsWith('LC_') || names.has(name.toUpperCase()),
  );
  return Object.fromEntries(entries);
}

/** The same for a process with its own user, without the portal's home and user name. */
export function forOtherUser({ USER: _user, LOGNAME: _name, SHELL: _shell, ...rest }: NodeJS.ProcessEnv, home: string) {
  return { ...rest, HOME: home };
}
