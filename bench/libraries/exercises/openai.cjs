exports.late = 'the variant for Node.js';
exports.packages = ['openai'];
exports.run = async () => {
  const { OpenAI } = require('openai');
  const client = new OpenAI({ apiKey: 'k', baseURL: 'http://127.0.0.1:9', maxRetries: 0 });
  return [await client.models.list().catch((error) => error.constructor.name), typeof client.chat.completions.create];
};
