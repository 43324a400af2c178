exports.late = 'its own worker script';
exports.packages = ['piscina'];
exports.run = async () => {
  const { Piscina } = require('piscina');
  require('node:fs').writeFileSync('w.js', 'module.exports = ({ a, b }) => a + b;');
  const pool = new Piscina({ filename: require('node:path').resolve('w.js'), maxThreads: 1 });
  const sum = await pool.run({ a: 2, b: 3 });
  await pool.destroy();
  return sum;
};
