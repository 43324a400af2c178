exports.late = 'parsers through getters, encodings of iconv-lite';
exports.packages = ['body-parser', 'express'];
exports.run = async () => {
  const app = require('express')().use(require('body-parser').text({ type: '*/*' }), (request, response) =>
    response.end(request.body),
  );
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const response = await fetch(`http://127.0.0.1:${server.address().port}`, {
    method: 'POST',
    body: Buffer.from([0xe4]),
    headers: { connection: 'close', 'content-type': 'text/plain; charset=iso-8859-15' },
  });
  server.close();
  return await response.text();
};
