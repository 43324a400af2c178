// npm run soak [-- --short]: the tests of endurance in full length (with --short as in the suite); they print what they measured.
process.env.SOAK = process.argv.includes('--short') ? 'short' : 'full';
process.argv.splice(2, Infinity, '--maxWorkers', '1', 'soak/');
await import('./test.mjs');
