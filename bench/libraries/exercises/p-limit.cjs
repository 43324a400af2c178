exports.late = 'ES modules only';
exports.packages = ['p-limit'];
exports.run = async () => {
  const { default: pLimit } = await import('p-limit');
  const limit = pLimit(1);
  return await Promise.all([1, 2].map((each) => limit(async () => each * 2)));
};
