exports.late = 'methods by name';
exports.packages = ['@slack/web-api'];
exports.run = async () => {
  const { WebClient } = require('@slack/web-api');
  const client = new WebClient('t', { slackApiUrl: 'http://127.0.0.1:9/', retryConfig: { retries: 0 } });
  return [typeof client.chat.postMessage, await client.auth.test().catch((error) => error.code)];
};
