exports.late = 'ES modules only';
exports.packages = ['ky'];
exports.run = async () => {
  return await (await import('ky')).default('http://127.0.0.1:9', { retry: 0 }).catch((error) => error.name);
};
