import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** The path of a program that a Debian package brings; fails with the remedy where it is not installed. */
export async function debianProgram(name: string): Promise<string> {
  for (const dir of [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/sbin']) {
    const file = join(dir, name);
    const found = await access(file).then(
      () => true,
      () => false,
    );
    if (found) return file;
  }
  throw new Error(`${name} is not installed: apt-get install ${name}`);
}
