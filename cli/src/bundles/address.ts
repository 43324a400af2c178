/** True for what is fetched instead of read from disk. */
export function isAddress(target: string): boolean {
  return /^https?:\/\//i.test(target);
}
