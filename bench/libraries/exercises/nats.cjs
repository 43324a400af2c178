exports.late = 'the transport for Node.js';
exports.packages = ['nats'];
exports.run = async () => {
  const { connect, StringCodec } = require('nats');
  return [
    StringCodec().decode(StringCodec().encode('a')),
    await connect({ servers: '127.0.0.1:9', reconnect: false }).catch((error) => error.code),
  ];
};
