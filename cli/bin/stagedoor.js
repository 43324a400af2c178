#!/usr/bin/env node
require('../dist/main.cjs.js').main(process.argv.slice(2));
