/** True for the inputs that the packager itself adds: esbuild writes `<namespace>:<path>`. */
export function isVirtual(input: string): boolean {
  return /^stagedoor[a-z-]*:/.test(input);
}
