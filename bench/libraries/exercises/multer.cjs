exports.late = 'storages';
exports.packages = ['multer', 'express'];
exports.run = async () => {
  const multer = require('multer');
  const app = require('express')().post('/', multer({ dest: 'up' }).single('f'), (request, response) =>
    response.json([request.file.originalname, request.file.size]),
  );
  const server = app.listen(0, '127.0.0.1');
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
