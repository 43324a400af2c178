exports.late = 'a CommonJS build beside an ES one';
exports.packages = ['helmet'];
exports.run = async () => {
  const headers = {};
  const helmet = require('helmet');
  await new Promise((resolve) =>
    (helmet.default ?? helmet)()(
      {},
      { setHeader: (name, value) => (headers[name] = value), removeHeader() {} },
      resolve,
    ),
  );
  return headers;
};
