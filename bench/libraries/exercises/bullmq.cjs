exports.late = 'Lua scripts, a worker script beside the code';
exports.packages = ['bullmq'];
exports.run = async () => {
  const { Queue, Worker, QueueEvents } = require('bullmq');
  const { writeFileSync } = require('node:fs');
  writeFileSync('p.js', 'module.exports = async () => 1;');
  const connection = { host: '127.0.0.1', port: 9, retryStrategy: () => null, maxRetriesPerRequest: null };
  const queue = new Queue('q', { connection });
  const worker = new Worker('q', require('node:path').resolve('p.js'), {
    connection,
    autorun: false,
    useWorkerThreads: true,
  });
  const failed = new Promise((resolve) => queue.on('error', (error) => resolve(error.code)));
  worker.on('error', () => {});
  return [typeof QueueEvents, worker.name, await failed];
};
