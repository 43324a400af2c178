// Required into a process: tells the file that BENCH_PEAK_FILE names the most memory that it had, in bytes.
process.on('exit', () => {
  require('node:fs').writeFileSync(process.env.BENCH_PEAK_FILE, String(process.resourceUsage().maxRSS * 1024));
});
