// A process that imports one CommonJS file and prints which files that loads: `node child.cjs.js <file>`. See
// importInTurns.ts.
import { createRequire } from 'node:module';
import { loadOrder } from './loadOrder';

const [entry] = process.argv.slice(2) as [string];
const order = loadOrder(createRequire(entry), entry);
process.stdout.write(`\n${JSON.stringify(order)}`, () => process.exit());
