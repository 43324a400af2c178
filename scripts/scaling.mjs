// npm run scaling [-- -t <text>]: the simulation of many replicas in full size, or that of the tests with <text> in their names;
// writes its figures into docs/scaling.md.
process.env.SCALING = 'full';
process.argv.splice(2, 0, 'scaling/simulation');
await import('./test.mjs');
