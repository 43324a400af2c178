#!/usr/bin/env node
// stagedoor-probe <url>…: ends with 0 when every portal is ready and refuses a caller without a session. The health check
// of the container image, and what `helm test` runs.
import http from 'node:http';
import https from 'node:https';

const TIMEOUT_MS = 5000;

const expected = {
  '/.backstage/health/v1/readiness': 200,
  '/api/dynamic-plugins/v1/plugins': 401,
};

const urls = process.argv.slice(2);
if (urls.length === 0) {
  process.stderr.write('error: No URL is given.\n  hint: stagedoor-probe http://127.0.0.1:7007\n');
  process.exitCode = 2;
}

for (const url of urls) {
  for (const [path, status] of Object.entries(expected)) {
    const answer = await ask(url + path);
    const ok = answer === status;
    process.stdout.write(`${ok ? 'ok  ' : 'FAIL'} ${url}${path}: ${answer}${ok ? '' : `, expected ${status}`}\n`);
    if (!ok) process.exitCode = 1;
  }
}

/** The status, or why there is none. Never through a proxy, as `fetch` under NODE_USE_ENV_PROXY. */
function ask(url) {
  const { get } = url.startsWith('https:') ? https : http;
  return new Promise((resolve) => {
    const request = get(url, { agent: false, signal: AbortSignal.timeout(TIMEOUT_MS) }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
      response.once('close', () => resolve('ECONNRESET'));
    });
    request.once('error', (error) => resolve(error.cause?.name ?? error.code ?? error.name));
  });
}
