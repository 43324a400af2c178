exports.late = 'algorithms by name';
exports.packages = ['jsonwebtoken'];
exports.run = async () => {
  const jwt = require('jsonwebtoken');
  const token = jwt.sign({ a: 1 }, 's', { noTimestamp: true });
  return [token, jwt.verify(token, 's')];
};
