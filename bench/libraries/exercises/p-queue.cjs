exports.late = 'ES modules only';
exports.packages = ['p-queue'];
exports.run = async () => {
  const { default: PQueue } = await import('p-queue');
  const queue = new (PQueue.default ?? PQueue)({ concurrency: 1 });
  return await queue.addAll([1, 2].map((each) => async () => each * 2));
};
