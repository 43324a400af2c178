exports.late = 'its own worker script, ES modules only';
exports.packages = ['tinypool'];
exports.run = async () => {
  const { Tinypool } = await import('tinypool');
  require('node:fs').writeFileSync('w.mjs', 'export default ({ a, b }) => a + b;');
  const pool = new Tinypool({ filename: `file://${require('node:path').resolve('w.mjs')}`, maxThreads: 1 });
  const sum = await pool.run({ a: 2, b: 3 });
  await pool.destroy();
  return sum;
};
