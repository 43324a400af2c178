exports.late = 'an adapter, with a client of its own';
exports.packages = ['keyv', '@keyv/redis'];
exports.run = async () => {
  const { Keyv } = await import('keyv');
  const { default: KeyvRedis } = await import('@keyv/redis');
  const memory = new Keyv();
  await memory.set('a', 1);
  return [await memory.get('a'), typeof new KeyvRedis('redis://127.0.0.1:9').get];
};
