exports.late = 'optional addons';
exports.packages = ['ws'];
exports.run = async () => {
  const { WebSocket, WebSocketServer } = require('ws');
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  server.on('connection', (socket) => socket.on('message', (data) => socket.send(`${data}!`)));
  const socket = new WebSocket(`ws://127.0.0.1:${server.address().port}`);
  socket.on('open', () => socket.send('hi'));
  const answer = await new Promise((resolve) => socket.on('message', (data) => resolve(String(data))));
  socket.terminate();
  server.close();
  return answer;
};
