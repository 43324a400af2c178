exports.late = 'services in a JSON file, transports by name';
exports.packages = ['nodemailer'];
exports.run = async () => {
  const nodemailer = require('nodemailer');
  const wellKnown = require('nodemailer/lib/well-known');
  const sent = await nodemailer.createTransport({ streamTransport: true, buffer: true, newline: 'unix' }).sendMail({
    from: 'a@x',
    to: 'b@x',
    subject: 'ü',
    text: 'hi',
    attachments: [{ filename: 'a.png', content: 'x' }],
    messageId: '<1@x>',
    date: new Date(0),
  });
  return [
    wellKnown('Gmail').host,
    /Content-Type: image\/png/.test(sent.message.toString()),
    await nodemailer
      .createTransport({ host: '127.0.0.1', port: 9 })
      .verify()
      .catch((error) => error.code),
  ];
};
