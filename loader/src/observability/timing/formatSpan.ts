import type { Span } from './timed';

/** A tree of steps as lines of text, each with how long it took, those under a millisecond left out. */
export function formatSpan(span: Span): string {
  return [title(span), ...branches(span, '')].join('\n');
}

function branches({ children }: Span, indent: string): string[] {
  const shown = children.filter(({ durationMs, failed }) => durationMs >= 1 || failed);
  return shown.flatMap((child, index) => {
    const last = index === shown.length - 1;
    return [`${indent}${last ? '└─' : '├─'} ${title(child)}`, ...branches(child, `${indent}${last ? '  ' : '│ '} `)];
  });
}

function title({ name, label, durationMs, failed }: Span): string {
  return `${name}${label === undefined ? '' : ` ${label}`} ${Math.round(durationMs)} ms${failed ? ' failed' : ''}`;
}
