/** The part of better-sqlite3 that is used here; the package brings no types. */
declare module 'better-sqlite3' {
  export default class Database {
    /** `timeout` is how long a call waits for a lock, in milliseconds. */
    constructor(file: string, options: { timeout: number });
    exec(sql: string): this;
    close(): this;
  }
}
