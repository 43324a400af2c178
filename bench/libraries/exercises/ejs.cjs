exports.late = 'templates compiled with `new Function`';
exports.packages = ['ejs'];
exports.run = async () => {
  return await require('ejs').render('<% for (const x of a) { %><%= x %>;<% } %>', { a: [1, '<'] }, { async: true });
};
