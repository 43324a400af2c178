exports.late = 'the files of the UI beside another package';
exports.packages = ['swagger-ui-express', 'swagger-ui-dist', 'express'];
exports.run = async () => {
  const ui = require('swagger-ui-express');
  const app = require('express')().use('/d', ui.serve, ui.setup({ openapi: '3.0.0', info: {}, paths: {} }));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const base = `http://127.0.0.1:${server.address().port}/d/`;
  const sizes = [];
  for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'])
    sizes.push((await (await fetch(base + file)).arrayBuffer()).byteLength);
  server.close();
  server.closeAllConnections();
  return sizes;
};
