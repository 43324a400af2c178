exports.late = 'ES modules only, a script beside the code';
exports.packages = ['open'];
exports.run = async () => {
  const { default: open, apps } = await import('open');
  return [typeof open, Object.keys(apps).sort()];
};
