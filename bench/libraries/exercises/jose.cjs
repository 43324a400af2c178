exports.late = 'one build of several, by condition';
exports.packages = ['jose'];
exports.run = async () => {
  const jose = await import('jose');
  const secret = new globalThis.TextEncoder().encode('0123456789abcdef0123456789abcdef');
  const token = await new jose.SignJWT({ a: 1 }).setProtectedHeader({ alg: 'HS256' }).sign(secret);
  return [token, (await jose.jwtVerify(token, secret)).payload];
};
