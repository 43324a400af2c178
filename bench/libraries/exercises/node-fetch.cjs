exports.late = 'ES modules only, or an optional `encoding`';
exports.packages = ['node-fetch'];
exports.run = async () => {
  const { default: fetch_, FetchError } = await import('node-fetch');
  return await (fetch_.default ?? fetch_)('http://127.0.0.1:9').catch((error) => [
    error.code,
    error instanceof FetchError,
  ]);
};
