exports.late = 'domains that load when they are used';
exports.packages = ['twilio'];
exports.run = async () => {
  const client = require('twilio')('AC0', 't');
  return [typeof client.messages.create, typeof client.chat.v2.services, client.api.baseUrl];
};
