exports.late = 'definitions of the protocol';
exports.packages = ['amqplib'];
exports.run = async () => {
  return await require('amqplib')
    .connect('amqp://127.0.0.1:9')
    .catch((error) => error.code);
};
