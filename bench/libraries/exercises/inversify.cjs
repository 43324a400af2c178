exports.late = 'metadata';
exports.packages = ['inversify'];
exports.run = async () => {
  require('reflect-metadata');
  const { Container } = require('inversify');
  const container = new Container();
  container.bind('a').toConstantValue(1);
  return container.get('a');
};
