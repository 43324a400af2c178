// `node answer.cjs <entry of a plugin>`: tells the parent process the answer of the plugin's exercise, in JSON.
const { createRequire } = require('node:module');

process.on('uncaughtException', (error) => end({ error: `outside any call: ${error.message}` }));
process.on('unhandledRejection', (error) => end({ error: `outside any call: ${error?.message}` }));

// A worker does not keep the process, and the exercise waits for it.
setInterval(() => {}, 1000);
answer(process.argv[2]).then(end);

async function answer(entry) {
  try {
    return await createRequire(entry)(entry).answer();
  } catch (error) {
    return { error: `not loaded: ${error.message.split('\n')[0]}` };
  }
}

function end(message) {
  // The parent ends this process when it has the answer.
  process.send(JSON.stringify(message));
}
