exports.late = 'prebuilt addons behind node-gyp-build';
exports.packages = ['classic-level'];
exports.run = async () => {
  const { ClassicLevel } = require('classic-level');
  const db = new ClassicLevel('db');
  await db.put('a', '1');
  const value = await db.get('a');
  await db.close();
  return value;
};
