exports.late = 'ES modules only';
exports.packages = ['execa'];
exports.run = async () => {
  const { execa } = await import('execa');
  return (await execa('node', ['-e', 'console.log(1 + 1)'])).stdout;
};
