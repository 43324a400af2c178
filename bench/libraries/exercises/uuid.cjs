exports.late = 'one build of several, by condition';
exports.packages = ['uuid'];
exports.run = async () => {
  const { v5, validate } = await import('uuid');
  return [v5('a', v5.URL), validate('x')];
};
