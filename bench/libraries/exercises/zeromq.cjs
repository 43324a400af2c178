exports.late = 'prebuilt addons';
exports.packages = ['zeromq'];
exports.run = async () => {
  const { Request, Reply } = require('zeromq');
  const reply = new Reply();
  await reply.bind('tcp://127.0.0.1:*');
  const request = new Request();
  request.connect(reply.lastEndpoint);
  await request.send('a');
  const [message] = await reply.receive();
  return String(message);
};
