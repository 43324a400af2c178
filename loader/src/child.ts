// The process that a plugin runs in where its isolation is `process`: `node child.cjs.js <process id of the portal>`.
import { runChild } from './process/child/runChild';

runChild(Number(process.argv[2]));
