import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const LICENCE_FILE = /^(licen[cs]e|copying|notice)(\.|-|$)/i;

/** The folders of packages whose code is in the built files of `dist`, by their source maps. */
export function builtInPackages(dist) {
  if (!existsSync(dist)) return [];
  const maps = readdirSync(dist, { recursive: true }).filter((name) => name.endsWith('.map'));
  const sources = maps.flatMap((name) => {
    const map = JSON.parse(readFileSync(join(dist, name), 'utf8'));
    return (map.sources ?? []).map((source) => resolve(dist, dirname(name), source));
  });
  return packagesOf(sources);
}

/** The folders of the installed packages that the absolute paths `files` belong to. */
export function packagesOf(files) {
  return [...new Set(files.flatMap((file) => packageDir(file) ?? []))].sort();
}

/**
 * The notices for a package that contains code of others: their names, licences and notices. Empty for none. A package without
 * a licence file is an error, unless `isTextOptional`: then the fields of its package.json are the notice.
 */
export function noticesOf(dirs, { isTextOptional = false } = {}) {
  const notices = dirs.map((dir) => {
    const { name, version, license, licenses, author, repository } = JSON.parse(
      readFileSync(join(dir, 'package.json'), 'utf8'),
    );
    const files = readdirSync(dir).filter((file) => LICENCE_FILE.test(file));
    if (files.length === 0 && !isTextOptional) throw new Error(`${name} is built in and has no licence file`);
    const stated = license ?? licenses?.map(({ type }) => type).join(' OR ') ?? 'licence stated by its repository';
    const texts = files.map((file) => readFileSync(join(dir, file), 'utf8').trim());
    const fields = [author?.name ?? author, repository?.url ?? repository].filter((value) => typeof value === 'string');
    return [`${name} ${version} (${stated})`, ...(texts.length > 0 ? texts : fields)];
  });
  const texts = [...new Set(notices.map((notice) => notice.join('\n\n')))];
  if (texts.length === 0) return '';
  return `This package contains code of the packages below.\n\n${texts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

/** The nearest folder with a named package below a node_modules, or undefined for own sources. */
function packageDir(source) {
  if (!source.includes('/node_modules/')) return undefined;
  for (let dir = dirname(source); dir.includes('/node_modules/'); dir = dirname(dir)) {
    const file = join(dir, 'package.json');
    if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).version) return dir;
  }
  return undefined;
}
