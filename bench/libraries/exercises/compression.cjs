exports.late = 'encodings of zlib, a database of types';
exports.packages = ['compression', 'express'];
exports.run = async () => {
  const app = require('express')().use(require('compression')({ threshold: 0 }), (_request, response) =>
    response.type('css').send('a'.repeat(5000)),
  );
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const response = await fetch(`http://127.0.0.1:${server.address().port}`, {
    headers: { connection: 'close', 'accept-encoding': 'gzip' },
  });
  server.close();
  return [response.headers.get('content-encoding'), (await response.text()).length];
};
