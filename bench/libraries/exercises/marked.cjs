exports.late = 'ES modules beside a CommonJS build';
exports.packages = ['marked'];
exports.run = async () => {
  return await (await import('marked')).marked.parse('# a\n\n- b\n- `c`');
};
