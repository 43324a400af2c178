/** A drop must not have changed for so long: a rule, no work. */
export const SETTLE_MS = 50;
