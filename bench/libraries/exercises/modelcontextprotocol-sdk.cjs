exports.late = 'a CommonJS build beside an ES one';
exports.packages = ['@modelcontextprotocol/sdk', 'zod'];
exports.run = async () => {
  const { McpServer } = require('@modelcontextprotocol/sdk/server/mcp.js');
  const { Client } = require('@modelcontextprotocol/sdk/client/index.js');
  const { InMemoryTransport } = require('@modelcontextprotocol/sdk/inMemory.js');
  const { z } = require('zod');
  const server = new McpServer({ name: 's', version: '1' });
  server.registerTool('add', { inputSchema: { a: z.number() } }, async ({ a }) => ({
    content: [{ type: 'text', text: String(a + 1) }],
  }));
  const [left, right] = InMemoryTransport.createLinkedPair();
  const client = new Client({ name: 'c', version: '1' });
  await Promise.all([server.connect(left), client.connect(right)]);
  return (await client.callTool({ name: 'add', arguments: { a: 1 } })).content;
};
