exports.late = 'commands by name, connectors';
exports.packages = ['ioredis'];
exports.run = async () => {
  const Redis = require('ioredis');
  const redis = new Redis(9, '127.0.0.1', { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => {});
  redis.defineCommand('twice', { numberOfKeys: 0, lua: 'return ARGV[1] * 2' });
  return [typeof redis.hgetall, typeof redis.twice, await redis.connect().catch((error) => error.message)];
};
