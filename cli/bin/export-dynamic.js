#!/usr/bin/env node
require('../dist/main.cjs.js').main(['export', ...process.argv.slice(2)]);
