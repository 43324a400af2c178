import { readFileSync, writeFileSync } from 'node:fs';

/** Changes what a JSON file holds, by a function that is given its content. */
export function editJson(file, change) {
  const content = JSON.parse(readFileSync(file, 'utf8'));
  change(content);
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
}
