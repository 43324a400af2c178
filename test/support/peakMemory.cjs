'use strict';
// Loaded into a process with --require: writes its peak memory (resident set, bytes) to a file when it ends.
const { readFileSync, writeFileSync } = require('node:fs');

process.on('exit', () => {
  // What getrusage tells includes the process that this one was forked from.
  const status = readFileSync('/proc/self/status', 'utf8');
  writeFileSync(process.env.PEAK_MEMORY_FILE, String(/VmHWM:\s+(\d+) kB/.exec(status)[1] * 1024));
});
