import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const LICENCE_FILE = /^(licen[cs]e|copying|notice)(\.|-|$)/i;

/** The folders of packages whose code is in the built files of `dist`, by their source maps. */
export function builtInPackages(dist) {
  if (!existsSync(dist)) return [];
  const maps = readdirSync(dist, { recursive: true }).filter((name) => name.endsWith('.map'));
  const sources = maps.flatMap((name) => {
    const { sources = [] } = JSON.parse(readFileSync(join(dist, name), 'utf8'));
    return sources.map((source) => resolve(dist, dirname(name), source));
  });
  return [...new Set(sources.flatMap((source) => packageDir(source) ?? []))].sort();
}

/** The text that goes with a package in which others are built in: their names, licences and notices. Empty for none. */
export function noticesOf(dirs) {
  const notices = dirs.map((dir) => {
    const { name, version, license } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
    const files = readdirSync(dir).filter((file) => LICENCE_FILE.test(file));
    if (files.length === 0) throw new Error(`${name} is built in and has no licence file`);
    return [`${name} ${version} (${license})`, ...files.map((file) => readFileSync(join(dir, file), 'utf8').trim())];
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
