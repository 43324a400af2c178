/**
 * How long the suite waits before it calls something hung, in milliseconds. These bounds guard against a hang and prove
 * nothing: they are far longer than a busy machine needs, and cost no time while all is well. Those of all tests, hooks and
 * polls are in vitest.config.mts.
 */
export const patience = {
  /** One effect, as `waitFor` waits for it. */
  effectMs: 60_000,
  /** A portal or another server that starts. */
  startMs: 180_000,
  /** One test that installs packages with a package manager, builds a whole workspace or follows a whole guide. */
  longTestMs: 900_000,
};
