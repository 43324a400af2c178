exports.late = 'parsers through `co-body` and getters';
exports.packages = ['koa'];
exports.run = async () => {
  const app = new (require('koa').default ?? require('koa'))();
  app.use((context) => {
    context.body = { a: context.accepts('json') };
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const answer = await (
    await fetch(`http://127.0.0.1:${server.address().port}`, { headers: { connection: 'close' } })
  ).json();
  server.close();
  return answer;
};
