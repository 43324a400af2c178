/** What to open and what to type once the portal at `url` is ready. */
export function tryIt(url, rootDirectory) {
  return `
The portal is ready: ${url}/api/hello/ping

  curl ${url}/api/hello/ping                                      200: declared open by the plugin
  curl -i ${url}/api/hello/things                                 401: everything else needs a session
  TOKEN=$(curl -s ${url}/api/auth/guest/refresh | node -p 'JSON.parse(fs.readFileSync(0)).backstageIdentity.token')
  curl -H "authorization: Bearer $TOKEN" ${url}/api/hello/things  200: with one
  curl -H "authorization: Bearer $TOKEN" ${url}/api/dynamic-plugins/v1/plugins

Plugins are loaded from ${rootDirectory} while the portal runs. Stop it with Ctrl+C.
`;
}
