// Runs commands of the built command line for commandLine.ts, one after the other, in this one process.
const { join } = require('node:path');
const { main } = require(join(__dirname, '../../cli/dist/main.cjs.js'));

process.on('disconnect', () => process.exit());
process.on('message', async ({ args, cwd, env }) => {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.chdir(cwd);
  process.exitCode = undefined;
  const captured = [capture(process.stdout), capture(process.stderr)];
  await main(args);
  const [stdout, stderr] = captured.map((end) => end());
  process.chdir('/');
  process.send({ code: process.exitCode ?? 0, stdout, stderr });
});

/** Keeps what is written to a stream until the returned function gives it. */
function capture(stream) {
  const { write } = stream;
  const chunks = [];
  stream.write = (chunk, encoding, done) => {
    chunks.push(Buffer.from(chunk, typeof encoding === 'string' ? encoding : 'utf8'));
    (typeof encoding === 'function' ? encoding : done)?.();
    return true;
  };
  return () => {
    stream.write = write;
    return Buffer.concat(chunks).toString('utf8');
  };
}
