exports.late = "the client's files beside the server";
exports.packages = ['socket.io'];
exports.run = async () => {
  const { Server } = require('socket.io');
  const server = require('node:http').createServer();
  const io = new Server(server);
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const response = await fetch(`http://127.0.0.1:${server.address().port}/socket.io/socket.io.min.js`, {
    headers: { connection: 'close' },
  });
  const length = (await response.text()).length;
  await io.close();
  return [response.status, length];
};
