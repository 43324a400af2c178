// Loaded with --require: each write to an open file takes as long as on a slow disk, so that what comes from the network waits.
const fs = require('node:fs/promises');

const delayMs = Number(process.env.SLOW_DISK_MS ?? 0);
if (delayMs > 0) {
  const open = fs.open;
  fs.open = async (...args) => {
    const handle = await open(...args);
    const write = handle.write;
    handle.write = async (...what) => {
      await new Promise((done) => setTimeout(done, delayMs));
      return await write.apply(handle, what);
    };
    return handle;
  };
}
