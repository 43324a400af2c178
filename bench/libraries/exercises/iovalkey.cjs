exports.late = 'commands by name, connectors';
exports.packages = ['iovalkey'];
exports.run = async () => {
  const Redis = require('iovalkey');
  const redis = new Redis(9, '127.0.0.1', { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => {});
  return [typeof redis.hgetall, await redis.connect().catch((error) => error.message)];
};
