#!/usr/bin/env node
require('./checkNode');
require('../dist/main.cjs.js').main(process.argv.slice(2));
