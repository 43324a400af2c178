// Builds the app into dist/, in the layout that @backstage/plugin-app-backend serves: index.html.tmpl, which the backend
// completes with the config that browsers may see, and static/, whose files are named after their content.
import { rspack } from '@rspack/core';
import { loadConfigSchema } from '@backstage/config-loader';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { noticesOf, packagesOf } from '../../scripts/release/notices.mjs';

const own = import.meta.dirname;
const { APP_PACKAGES_FILE, installedAppPackages } = createRequire(join(own, '../../cli/package.json'))(
  '@stagedoor/bundle',
);

/** What is read of Rspack's account of a build. */
const STATS = {
  all: false,
  errors: true,
  entrypoints: true,
  modules: true,
  modulesSpace: Infinity,
  nestedModules: true,
  nestedModulesSpace: Infinity,
  cachedModules: true,
  dependentModules: true,
};

/** Builds the app in the folder `dir`, of that layout, into `dist`. Throws with every error of the compiler. */
export async function build({ dir = own, dist = join(dir, 'dist') } = {}) {
  await rm(dist, { recursive: true, force: true });
  const compiler = rspack(configuration(dir, dist));
  const stats = await new Promise((resolve, reject) => {
    compiler.run((error, result) => (error ? reject(error) : resolve(result)));
  });
  await new Promise((resolve) => compiler.close(resolve));
  const { errors, entrypoints, modules } = stats.toJson(STATS);
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n\n'));
  await writePage(
    { dir, dist },
    entrypoints.main.assets.map(({ name }) => name),
  );
  await writeConfigSchema({ dir, dist });
  // For the portal, which checks frontend plugins against it: in an image, the packages themselves are not there.
  await writeFile(join(dist, basename(APP_PACKAGES_FILE)), JSON.stringify(installedAppPackages(dir)));
  await writeNotices(modules, dist);
}

function configuration(dir, dist) {
  return {
    mode: 'production',
    context: dir,
    target: ['web', 'es2022'],
    entry: { main: './src/index.tsx' },
    // Errors are the caller's to show, and warnings come from packages only.
    stats: 'none',
    infrastructureLogging: { level: 'none' },
    devtool: false,
    output: {
      path: dist,
      publicPath: 'auto',
      filename: 'static/[name].[contenthash].js',
      chunkFilename: 'static/[name].[contenthash].js',
      cssFilename: 'static/[name].[contenthash].css',
      cssChunkFilename: 'static/[name].[contenthash].css',
      assetModuleFilename: 'static/[name].[contenthash][ext]',
    },
    resolve: {
      extensions: ['.tsx', '.ts', '.mjs', '.js', '.json'],
      mainFields: ['browser', 'module', 'main'],
    },
    module: {
      rules: [
        {
          test: /\.tsx?$/,
          loader: 'builtin:swc-loader',
          options: {
            jsc: {
              parser: { syntax: 'typescript', tsx: true },
              transform: { react: { runtime: 'automatic' } },
              target: 'es2022',
            },
          },
          type: 'javascript/auto',
        },
        { test: /\.css$/, type: 'css/auto' },
        { test: /\.(png|jpe?g|gif|svg|woff2?|eot|ttf)$/, type: 'asset/resource' },
        // Packages of Backstage import without file extensions from what calls itself an ES module.
        { test: /\.m?js$/, resolve: { fullySpecified: false } },
      ],
    },
    // Config comes from the page alone, none is built in.
    plugins: [new rspack.DefinePlugin({ 'process.env.APP_CONFIG': '[]' })],
    optimization: {
      splitChunks: { chunks: 'all', maxInitialRequests: 6 },
      minimizer: [
        new rspack.SwcJsMinimizerRspackPlugin(),
        new rspack.LightningCssMinimizerRspackPlugin({ minimizerOptions: { targets: ['last 2 years'] } }),
      ],
    },
    performance: false,
  };
}

/** Completes src/index.html.tmpl with what the page has to load. */
async function writePage({ dir, dist }, assets) {
  const tags = assets.flatMap((name) => {
    const url = `<%- publicPath %>/${name}`;
    if (name.endsWith('.js')) return [`<script defer src="${url}"></script>`];
    if (name.endsWith('.css')) return [`<link rel="stylesheet" href="${url}">`];
    return [];
  });
  const page = await readFile(join(dir, 'src/index.html.tmpl'), 'utf8');
  await writeFile(
    join(dist, 'index.html.tmpl'),
    page.replace('</head>', () => `${tags.join('\n    ')}\n  </head>`),
  );
}

/** Which config may be seen by browsers: that is said by the schemas of the packages in the app. */
async function writeConfigSchema({ dir, dist }) {
  const schema = await loadConfigSchema({ dependencies: [], packagePaths: [join(dir, 'package.json')] });
  await writeFile(join(dist, '.config-schema.json'), JSON.stringify(schema.serialize()));
}

/** The minified scripts carry no licence texts, so those of the packages in them are written beside them. */
async function writeNotices(modules, dist) {
  const files = modules
    .flatMap((module) => [module, ...(module.modules ?? [])])
    .map((module) => module.nameForCondition);
  const dirs = packagesOf(files.filter((file) => typeof file === 'string'));
  await writeFile(join(dist, 'THIRD-PARTY-NOTICES.txt'), noticesOf(dirs, { isTextOptional: true }));
}
