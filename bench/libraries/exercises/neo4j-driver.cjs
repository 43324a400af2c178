exports.late = 'channels of Node.js or of browsers';
exports.packages = ['neo4j-driver'];
exports.run = async () => {
  const neo4j = require('neo4j-driver');
  const driver = neo4j.driver('bolt://127.0.0.1:9', neo4j.auth.basic('u', 'p'));
  const code = await driver.getServerInfo().catch((error) => error.code);
  await driver.close();
  return [neo4j.int('12').toString(), code];
};
