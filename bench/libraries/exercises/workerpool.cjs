exports.late = 'a worker script beside the code';
exports.packages = ['workerpool'];
exports.run = async () => {
  const pool = require('workerpool').pool({ maxWorkers: 1, workerType: 'thread' });
  const sum = await pool.exec((a, b) => a + b, [2, 3]);
  await pool.terminate();
  return sum;
};
