exports.late = 'ES modules only';
exports.packages = ['unified', 'remark-parse', 'remark-gfm', 'remark-rehype', 'rehype-stringify'];
exports.run = async () => {
  const { unified } = await import('unified');
  const [parse, gfm, rehype, stringify] = await Promise.all([
    import('remark-parse'),
    import('remark-gfm'),
    import('remark-rehype'),
    import('rehype-stringify'),
  ]);
  return String(
    await unified()
      .use(parse.default)
      .use(gfm.default)
      .use(rehype.default)
      .use(stringify.default)
      .process('# a\n\n| b |\n|---|\n| ~~c~~ |'),
  );
};
