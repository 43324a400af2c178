exports.late = 'style sheets';
exports.packages = ['juice'];
exports.run = async () => {
  const juice = require('juice');
  return (juice.default ?? juice)('<style>p { color: red }</style><p>x</p>');
};
