exports.late = 'functions by name';
exports.packages = ['jsonata'];
exports.run = async () => {
  return await require('jsonata')('$sum(a.b) & $uppercase("x")').evaluate({ a: [{ b: 1 }, { b: 2 }] });
};
