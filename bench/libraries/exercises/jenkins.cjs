exports.late = 'modules of an API by name';
exports.packages = ['jenkins'];
exports.run = async () => {
  const module_ = await import('jenkins');
  const Jenkins = module_.default.default ?? module_.default;
  const client = new Jenkins({ baseUrl: 'http://127.0.0.1:9', crumbIssuer: false });
  return [typeof client.job.get, await client.info().catch((error) => error.code)];
};
