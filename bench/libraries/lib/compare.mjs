import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { repository } from '../../../scripts/lib/repository.mjs';
import { answerOf } from './answerOf.mjs';
import { writePlugin } from './writePlugin.mjs';

const { exportPlugin } = createRequire(import.meta.url)(join(repository, 'cli/dist/api.cjs.js'));

/**
 * Answers an exercise in plain Node.js and from a bundle that is exported without options, and compares. `libraries` is the
 * folder with the installed libraries; `view` one in which nothing resolves but what hosts share.
 */
export async function compare(exercise, { libraries, view }) {
  const dir = join(libraries, 'plugins', exercise.name);
  const out = join(view, exercise.name);
  try {
    const entry = await writePlugin(exercise, dir, join(libraries, 'node_modules'));
    const plain = await plainAnswer(exercise, entry, libraries);
    const exported = await exportPlugin({ cwd: dir, out, pack: false }).catch((error) => ({ error }));
    const bundled = exported.error ? undefined : await answerOf(join(out, 'dist/index.cjs.js'));
    const { result, note } = verdict(plain, bundled, exported);
    // Where it happens to lie says nothing.
    return {
      ...exercise,
      plain,
      bundled,
      exported,
      result,
      note: note.replaceAll(libraries, '.').replaceAll(view, '.'),
    };
  } finally {
    await Promise.all([dir, out].map((each) => rm(each, { recursive: true, force: true })));
  }
}

/** Plain Node.js answers the same as long as it, the exercise and the libraries are the same. */
async function plainAnswer({ name, file }, entry, libraries) {
  const hash = createHash('sha256')
    .update(process.version)
    .update(await readFile(file));
  const cached = join(libraries, 'answers', `${name}-${hash.digest('hex').slice(0, 16)}`);
  const known = await readFile(cached, 'utf8').catch(() => undefined);
  if (known) return known;
  const answer = await answerOf(entry);
  if ('error' in JSON.parse(answer)) return answer;
  await mkdir(join(libraries, 'answers'), { recursive: true });
  await writeFile(cached, answer);
  return answer;
}

function verdict(plain, bundled, { error, warnings = [] }) {
  if ('error' in JSON.parse(plain)) return { result: 'broken', note: JSON.parse(plain).error };
  if (error) return { result: 'differs', note: `export: ${error.code ?? error.name}: ${error.message.split('\n')[0]}` };
  if (plain === bundled) return { result: 'equal', note: '' };
  if (warnings.length > 0) return { result: 'warned', note: warnings.join('; ') };
  return { result: 'differs', note: `${shortened(bundled)} instead of ${shortened(plain)}` };
}

function shortened(text) {
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
