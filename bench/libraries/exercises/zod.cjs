exports.late = 'locales';
exports.packages = ['zod'];
exports.run = async () => {
  const { z } = require('zod');
  z.config?.(z.locales.de());
  return z.object({ a: z.string().min(3) }).safeParse({ a: 'x' }).error.issues[0].message;
};
