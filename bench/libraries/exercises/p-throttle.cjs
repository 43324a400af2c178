exports.late = 'ES modules only';
exports.packages = ['p-throttle'];
exports.run = async () => {
  const { default: pThrottle } = await import('p-throttle');
  return await pThrottle({ limit: 5, interval: 10 })(async (x) => x + 1)(1);
};
