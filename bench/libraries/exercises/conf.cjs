exports.late = 'schemas, ES modules only';
exports.packages = ['conf'];
exports.run = async () => {
  const { default: Conf } = await import('conf');
  const conf = new Conf({ cwd: process.cwd(), projectName: 'p', schema: { a: { type: 'number' } } });
  conf.set('a', 1);
  let refused;
  try {
    conf.set('a', 'x');
  } catch (error) {
    refused = error.message;
  }
  return [conf.get('a'), refused];
};
