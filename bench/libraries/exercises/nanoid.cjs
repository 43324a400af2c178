exports.late = 'ES modules only';
exports.packages = ['nanoid'];
exports.run = async () => {
  const { customRandom, nanoid } = await import('nanoid');
  return [nanoid().length, customRandom('abc', 4, (size) => new Uint8Array(size).fill(1))()];
};
