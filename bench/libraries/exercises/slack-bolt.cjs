exports.late = 'receivers';
exports.packages = ['@slack/bolt'];
exports.run = async () => {
  const { App } = require('@slack/bolt');
  const app = new App({ token: 't', signingSecret: 's', tokenVerificationEnabled: false, deferInitialization: true });
  return [typeof app.command, app.constructor.name];
};
