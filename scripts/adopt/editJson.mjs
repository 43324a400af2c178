import { readFileSync, writeFileSync } from 'node:fs';

/** Changes a JSON file with a function that receives its content. */
export function editJson(file, change) {
  const content = JSON.parse(readFileSync(file, 'utf8'));
  change(content);
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
}
