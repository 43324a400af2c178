exports.late = 'modules from a glob';
exports.packages = ['awilix'];
exports.run = async () => {
  const { createContainer, asFunction } = require('awilix');
  require('node:fs').writeFileSync('thing.js', 'module.exports = () => 42;');
  const container = createContainer();
  await container.loadModules([`${process.cwd()}/*.js`], {
    formatName: 'camelCase',
    resolverOptions: { register: asFunction },
  });
  return container.resolve('thing');
};
