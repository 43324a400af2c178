import { markdownTable } from './numbers.mjs';

/** What a bench prints, and the budgets that it found missed. */
export class Report {
  missed = [];

  table(title, heading, rows) {
    process.stdout.write(`${title}\n\n${markdownTable(heading, rows)}\n\n`);
  }

  budget(what, kept) {
    if (!kept) this.missed.push(what);
  }
}
