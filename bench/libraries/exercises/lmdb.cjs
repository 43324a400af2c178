exports.late = 'a binary package per platform';
exports.packages = ['lmdb'];
exports.run = async () => {
  const { open } = require('lmdb');
  const db = open({ path: 'db' });
  await db.put('a', { b: 1 });
  const value = db.get('a');
  await db.close();
  return value;
};
