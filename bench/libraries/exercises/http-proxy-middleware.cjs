exports.late = 'loggers and plugins';
exports.packages = ['http-proxy-middleware', 'express'];
exports.run = async () => {
  const { createProxyMiddleware } = require('http-proxy-middleware');
  const app = require('express')().use(createProxyMiddleware({ target: 'http://127.0.0.1:9', changeOrigin: true }));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { status } = await fetch(`http://127.0.0.1:${server.address().port}`, { headers: { connection: 'close' } });
  server.close();
  return status;
};
