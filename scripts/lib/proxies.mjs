const LOOPBACK = ['localhost', '127.0.0.1', '::1', '[::1]'];

/** Variables to lay over `env` so that nothing asks a proxy for what runs on this machine. */
export function directToLoopback(env = process.env) {
  // The lower-case one wins, where there are both.
  const direct = [env.no_proxy ?? env.NO_PROXY, ...LOOPBACK].filter(Boolean).join(',');
  return { no_proxy: direct, NO_PROXY: direct };
}
