import { StagedoorError, buildReportFile, formatBuildReport, readBuildReport } from '@stagedoor/bundle';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tempDir } from '../support/tempDir';

const fault = new StagedoorError('BUILD_FAILED', 'src/index.ts:1:1: Unexpected "}"', { hint: 'Look there.' });

describe('A report of what is developed', () => {
  test('comes out as it went in, from a hidden folder of the root directory', async () => {
    const file = buildReportFile(await tempDir(), '@acme/todo-dynamic');
    expect(file).toMatch(/\/\.stagedoor-dev\/@acme\+todo-dynamic\.json$/);
    await mkdir(dirname(file));
    await writeFile(file, formatBuildReport({ name: '@acme/todo-dynamic', fault }));
    const report = await readBuildReport(file);
    expect(report?.name).toBe('@acme/todo-dynamic');
    expect(report?.fault?.toJSON()).toEqual(fault.toJSON());
    await writeFile(file, formatBuildReport({ name: '@acme/todo-dynamic' }));
    expect(await readBuildReport(file)).toEqual({ name: '@acme/todo-dynamic' });
  });

  test('is cut where its message is longer than anybody reads', async () => {
    const long = new StagedoorError('BUILD_FAILED', 'x'.repeat(1_000_000));
    const file = join(await tempDir(), 'report.json');
    await writeFile(file, formatBuildReport({ name: 'x', fault: long }));
    expect((await readBuildReport(file))?.fault?.message).toMatch(/^x{8192}$/);
  });

  test.each([
    ['no JSON', '{'],
    ['a code that there is not', '{"name": "x", "fault": {"code": "toString", "message": ""}}'],
    ['no name', '{"fault": {"code": "BUILD_FAILED", "message": ""}}'],
    [
      'more than a report holds',
      JSON.stringify({ name: 'x', fault: { code: 'BUILD_FAILED', message: 'x'.repeat(100_000) } }),
    ],
  ])('is none with %s', async (_, text) => {
    const file = join(await tempDir(), 'report.json');
    await writeFile(file, text);
    expect(await readBuildReport(file)).toBeUndefined();
    expect(await readBuildReport(`${file}.absent`)).toBeUndefined();
  });
});
