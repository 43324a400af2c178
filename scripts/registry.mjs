// npm run registry: what `stagedoor create` makes is installed by npm, pnpm and Yarn from the registry that npm is set up for, with the
// ranges that users get, and tested, exported and run. The suite does the same with fixed versions; this is for a person or a
// schedule, to hear of a package that a newest version asks for and the registry does not serve.
process.env.STAGEDOOR_TEST_REGISTRY = 'live';
process.argv.splice(2, Infinity, 'cli/createNpm', 'cli/createPnpm', 'cli/createYarn');
await import('./test.mjs');
