/** What to open and what to type once the portal at `url` is ready. Commands stand alone on their lines, to be copied. */
export function tryIt(url, rootDirectory) {
  return `
The portal is ready. Open ${url}, or try:

  200, as the plugin declared this path open:
    curl ${url}/api/hello/ping

  401, as all else needs a session:
    curl -i ${url}/api/hello/things

  200 with the session of a guest:
    TOKEN=$(curl -s ${url}/api/auth/guest/refresh | node -p 'JSON.parse(fs.readFileSync(0)).backstageIdentity.token')
    curl -H "authorization: Bearer $TOKEN" ${url}/api/hello/things

  Which plugins are loaded, and in which state:
    curl -H "authorization: Bearer $TOKEN" ${url}/api/dynamic-plugins/v1/plugins

Bundles copied into ${rootDirectory} load while the portal runs. Ctrl+C stops it.
`;
}
