/** The middle of some numbers; the mean of both where there are two. */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** `12.3 MB`, `456 kB`. */
export function formatBytes(bytes) {
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.round(bytes / 1e3)} kB`;
}

/** `123 ms`. */
export function formatMs(ms) {
  return `${Math.round(ms)} ms`;
}

/** `1.23×`. */
export function formatRatio(ratio, digits = 2) {
  return `${ratio.toFixed(digits)}×`;
}

/** `4.2 %`. */
export function formatShare(part, whole) {
  return `${((100 * part) / whole).toFixed(1)} %`;
}

/** Rows of strings under a heading as a Markdown table. */
export function markdownTable(heading, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('\n');
}
