#!/usr/bin/env node
require('./checkNode');
require('../dist/main.cjs.js').main(['export', ...process.argv.slice(2)]);
