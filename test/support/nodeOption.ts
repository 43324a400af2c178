/** A word of NODE_OPTIONS, which Node.js splits at spaces outside of double quotes (nodejs.org/api/cli.html#node_optionsoptions). */
export function nodeOption(word: string): string {
  return `"${word.replaceAll(/["\\]/g, '\\$&')}"`;
}
