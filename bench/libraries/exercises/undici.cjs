exports.late = 'WebAssembly in the code, an HTTP parser';
exports.packages = ['undici'];
exports.run = async () => {
  const { createServer } = require('node:http');
  const { request } = require('undici');
  const server = createServer((_request, response) => response.end('hi')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { body, statusCode } = await request(`http://127.0.0.1:${server.address().port}`);
  const answer = [statusCode, await body.text()];
  server.close();
  return answer;
};
