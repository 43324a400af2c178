import type { Failure } from '../messages';

/** Carries a {@link Failure} up to the top of the child, which must not import what StagedoorError imports. */
export class Fault extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}
