import { cpSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Of RUN: packages of the system, and caches that are not the image's but this machine's. */
const NOT_HERE = [/apt-get/, / && rm -rf "\$\(yarn cache clean\)"/];

/**
 * Lays out `image` as the Dockerfile of an app does, whose context is the folder `app`, by its COPY and RUN steps: no container engine is
 * needed. `run` runs a shell command in the image. Returns its CMD, and what it sets with ENV.
 */
export async function layImage({ app, image, dockerfile, run }) {
  mkdirSync(image, { recursive: true });
  const env = {};
  let command = [];
  for (const { instruction, rest } of instructionsOf(readFileSync(dockerfile, 'utf8'))) {
    if (instruction === 'COPY') copy(app, image, rest.split(/\s+/));
    else if (instruction === 'ENV') env[rest.split('=')[0]] = rest.split('=')[1];
    else if (instruction === 'CMD') command = JSON.parse(rest);
    else if (instruction === 'RUN' && !NOT_HERE[0].test(rest)) await run(rest.replace(NOT_HERE[1], ''), env);
  }
  return { command, env };
}

function instructionsOf(text) {
  const lines = text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ')
    .split('\n');
  return lines.flatMap((line) => {
    const [, instruction, rest] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    return instruction ? [{ instruction, rest: rest.replaceAll(/--(?:mount|chown)=\S+\s+/g, '').trim() }] : [];
  });
}

function copy(app, image, words) {
  const into = words.pop();
  for (const word of words) {
    for (const path of expand(app, word)) {
      const to = into.endsWith('/') ? join(image, into, basename(path)) : join(image, into);
      cpSync(join(app, path), to, { recursive: true });
    }
  }
}

function expand(app, word) {
  const [start, end] = word.split('*');
  return end === undefined ? [word] : readdirSync(app).filter((name) => name.startsWith(start) && name.endsWith(end));
}
