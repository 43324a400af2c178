exports.late = 'worker scripts by kind';
exports.packages = ['jest-worker'];
exports.run = async () => {
  const { Worker } = require('jest-worker');
  require('node:fs').writeFileSync('w.js', 'exports.add = (a, b) => a + b;');
  const worker = new Worker(require('node:path').resolve('w.js'), { numWorkers: 1, enableWorkerThreads: true });
  const sum = await worker.add(2, 3);
  await worker.end();
  return sum;
};
