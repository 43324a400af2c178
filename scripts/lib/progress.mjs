const SLOW_MS = 1000;
const PLAIN_INTERVAL_MS = 10_000;

/**
 * Runs one step of a script. Work that takes longer than a second shows its title and the elapsed seconds: in place
 * on a terminal, as plain lines elsewhere. `detail` says what is being done at the moment, `usually` how long it takes on most
 * machines. A string that `work` returns is shown beside the title.
 */
export async function step(title, work, { detail = () => '', usually, out = process.stderr } = {}) {
  const start = Date.now();
  const seconds = () => `${((Date.now() - start) / 1000).toFixed(1)} s`;
  const usual = usually && `usually ${usually}`;
  const line = () => `${title} … ${[seconds(), usual, detail()].filter(Boolean).join(', ')}`;
  const show = () => out.write(out.isTTY ? `\r\x1b[K${line()}` : `${line()}\n`);
  let ticker;
  const first = setTimeout(() => {
    show();
    ticker = setInterval(show, out.isTTY ? 200 : PLAIN_INTERVAL_MS);
  }, SLOW_MS);
  const finish = (outcome) => {
    clearTimeout(first);
    clearInterval(ticker);
    out.write(`${out.isTTY ? '\r\x1b[K' : ''}${title}: ${outcome}\n`);
  };
  try {
    const note = await work();
    finish(note ?? `done in ${seconds()}`);
  } catch (error) {
    finish(`failed after ${seconds()}`);
    throw error;
  }
}
