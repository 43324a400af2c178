import { styleText } from 'node:util';

/** Colours text for a stream as NO_COLOR, FORCE_COLOR and TERM ask, otherwise where the stream is a terminal. */
export function colouring(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): typeof paint {
  return wanted(stream, env) ? paint : (_, text) => text;
}

function paint(colour: 'red' | 'yellow' | 'cyan' | 'dim', text: string): string {
  return styleText(colour, text, { validateStream: false });
}

function wanted({ isTTY = false }: { isTTY?: boolean }, { FORCE_COLOR, NO_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return isTTY && !NO_COLOR && TERM !== 'dumb';
}
