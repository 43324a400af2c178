exports.late = 'functions by name';
exports.packages = ['jmespath'];
exports.run = async () => {
  return require('jmespath').search({ a: [{ b: 2 }, { b: 1 }] }, 'sort_by(a, &b)[].b');
};
