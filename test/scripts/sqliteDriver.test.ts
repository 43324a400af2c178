import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProcess } from '../support/childProcess';
import { repository } from '../support/repository';

// Compiled without scripts/native/object-wrap.h the driver aborts the process here on Node.js 24.19 and later:
// the garbage is collected by a task of its own, outside of JavaScript.
const program = `
  const Database = require('better-sqlite3');
  const db = new Database(':memory:');
  for (let i = 0; i < 20_000; i++) db.prepare('select 1');
  let garbage = [];
  for (let i = 0; i < 1_000_000; i++) garbage.push({ numbers: [i, i, i], text: 'x' + i });
  garbage = undefined;
  setTimeout(() => console.log('alive'), 1000);
`;

test('The SQLite driver outlives the collection of many statements', async () => {
  const outcome = await runProcess(process.execPath, ['-e', program], { cwd: join(repository, 'portal/backend') });
  expect(outcome).toMatchObject({ code: 0, stdout: 'alive\n', stderr: '' });
});
