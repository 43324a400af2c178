exports.late = 'plugins by name';
exports.packages = ['formidable'];
exports.run = async () => {
  const { formidable } = await import('formidable');
  const server = require('node:http')
    .createServer(async (request, response) => {
      const [, files] = await formidable({ uploadDir: '.' }).parse(request);
      response.end(JSON.stringify([files.f[0].originalFilename, files.f[0].size]));
    })
    .listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const form = new globalThis.FormData();
  form.set('f', new globalThis.Blob(['abc']), 'a.txt');
  const answer = await (
    await fetch(`http://127.0.0.1:${server.address().port}`, {
      method: 'POST',
      body: form,
      headers: { connection: 'close' },
    })
  ).json();
  server.close();
  return answer;
};
