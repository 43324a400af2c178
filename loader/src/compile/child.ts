// A process that compiles one file: `node child.cjs.js <file> <cache file>`. See compileAhead.ts.
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { compile } from './compile';
import { writeCache } from './cacheFile';

const [file, cacheFile] = process.argv.slice(2) as [string, string];
const source = readFileSync(file, 'utf8');
setFlagsFromString('--no-lazy');
const script = compile(file, source);
// V8 takes a cache only under the flags that it was made under.
setFlagsFromString('--lazy');
void writeCache(cacheFile, script.createCachedData());
