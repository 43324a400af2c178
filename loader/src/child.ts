// The process of a plugin with the isolation `process`: `node child.cjs.js`, started by `PluginProcess`.
import { runChild } from './process/child/runChild';

runChild();
