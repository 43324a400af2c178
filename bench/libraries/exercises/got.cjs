exports.late = 'ES modules only';
exports.packages = ['got'];
exports.run = async () => {
  const { default: got } = await import('got');
  return await got('http://127.0.0.1:9', { retry: { limit: 0 } })
    .json()
    .catch((error) => [error.name, error.code]);
};
