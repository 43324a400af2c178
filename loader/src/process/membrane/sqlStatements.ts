import { charCodeAt, slice } from './primordials';

const TAB = 0x09;
const LINE_END = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = 0xfeff;
const PUNCTUATION = { space: 0x20, dash: 0x2d, slash: 0x2f, star: 0x2a, semicolon: 0x3b } as const;
const [DOUBLE_QUOTE, SINGLE_QUOTE, BACKTICK, OPENING_BRACKET, CLOSING_BRACKET] = [0x22, 0x27, 0x60, 0x5b, 0x5d];
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * True for SQL that opens or writes another database file: ATTACH, or VACUUM … INTO. Strings, quoted names and comments are
 * skipped as in SQLite's own tokenizer (https://sqlite.org/src/file/src/tokenize.c).
 */
export function reachesOtherFiles(sql: string): boolean {
  let first = '';
  for (let index = 0; index < sql.length;) {
    const end = tokenEnd(sql, index);
    const code = charCodeAt(sql, index);
    if (code === PUNCTUATION.semicolon) first = '';
    else if ((first === '' || first === 'VACUUM') && !isBlank(sql, index)) {
      const word = isWordPart(code) ? upperCase(sql, index, end) : '?';
      if (first === '') {
        // EXPLAIN runs nothing, and may precede a statement.
        if (word === 'ATTACH') return true;
        if (word !== 'EXPLAIN' && word !== 'QUERY' && word !== 'PLAN') first = word;
      } else if (word === 'INTO') return true;
    }
    index = end;
  }
  return false;
}

function tokenEnd(sql: string, from: number): number {
  const code = charCodeAt(sql, from);
  const next = charCodeAt(sql, from + 1);
  if (code === PUNCTUATION.dash && next === PUNCTUATION.dash) return after(sql, LINE_END, from + 2);
  if (code === PUNCTUATION.slash && next === PUNCTUATION.star) return afterComment(sql, from + 2);
  if (code === SINGLE_QUOTE || code === DOUBLE_QUOTE || code === BACKTICK) return afterQuoted(sql, code, from + 1);
  if (code === OPENING_BRACKET) return after(sql, CLOSING_BRACKET, from + 1);
  let end = from + 1;
  if (isWordPart(code)) while (end < sql.length && isWordPart(charCodeAt(sql, end))) end++;
  return end;
}

function isBlank(sql: string, index: number): boolean {
  const code = charCodeAt(sql, index);
  const next = charCodeAt(sql, index + 1);
  return (
    (code >= TAB && code <= CARRIAGE_RETURN) ||
    code === PUNCTUATION.space ||
    code === BYTE_ORDER_MARK ||
    (code === PUNCTUATION.dash && next === PUNCTUATION.dash) ||
    (code === PUNCTUATION.slash && next === PUNCTUATION.star)
  );
}

/** Behind the closing quote; a doubled one belongs to the text. */
function afterQuoted(sql: string, quote: number, from: number): number {
  for (let index = from; index < sql.length; index++) {
    if (charCodeAt(sql, index) !== quote) continue;
    if (charCodeAt(sql, index + 1) !== quote) return index + 1;
    index++;
  }
  return sql.length;
}

function afterComment(sql: string, from: number): number {
  for (let index = from; index < sql.length; index++) {
    const closes = charCodeAt(sql, index) === PUNCTUATION.star && charCodeAt(sql, index + 1) === PUNCTUATION.slash;
    if (closes) return index + 2;
  }
  return sql.length;
}

function after(sql: string, code: number, from: number): number {
  for (let index = from; index < sql.length; index++) if (charCodeAt(sql, index) === code) return index + 1;
  return sql.length;
}

/** Letters, digits, `_`, `$`, and everything beyond ASCII but the byte order mark. */
function isWordPart(code: number): boolean {
  const lower = code | 0x20;
  return (
    (lower >= 0x61 && lower <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x5f ||
    code === 0x24 ||
    (code >= 0x80 && code !== BYTE_ORDER_MARK)
  );
}

/** A short word in upper case; SQLite folds ASCII only. */
function upperCase(sql: string, from: number, to: number): string {
  let word = '';
  for (let index = from; index < to && index - from < 10; index++) {
    const code = charCodeAt(sql, index);
    word += code >= 0x61 && code <= 0x7a ? UPPER[code - 0x61]! : slice(sql, index, index + 1);
  }
  return word;
}
