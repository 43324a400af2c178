// The process of a plugin with the isolation `process`: `node child.cjs.js <process id of the portal>`.
import { runChild } from './process/child/runChild';

runChild(Number(process.argv[2]));
