const BLOCK = 512;
/** Fields of a header (POSIX.1-1988, ustar). */
const CHECKSUM = 148;
const TYPE_FLAG = 156;

/**
 * The type in the header with the checksum `checksum`, as a character in quotes, from the blocks of a tar with that header:
 * parsers drop unknown types.
 */
export function typeFlagOf(blocks: Buffer, checksum: number | undefined): string {
  for (let at = 0; at + BLOCK <= blocks.length; at += BLOCK) {
    const field = blocks.toString('latin1', at + CHECKSUM, at + CHECKSUM + 8);
    if (parseInt(field, 8) === checksum) return JSON.stringify(String.fromCharCode(blocks[at + TYPE_FLAG]!));
  }
  return 'without a name';
}
