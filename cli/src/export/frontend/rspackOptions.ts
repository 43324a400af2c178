import { createHash } from 'node:crypto';
import { sep } from 'node:path';
import type { rspack as Rspack, RspackOptions, RspackPluginInstance } from '@rspack/core';
import { packName } from '@stagedoor/bundle';
import type { ExportedPackage } from '../plan/plan';
import { polyfills } from './polyfills';

/** Where what a remote consists of lies below its folder, by content: hosts let browsers keep it for good. */
const CHUNKS = 'static/[name].[contenthash:16]';
/** Browsers that Backstage supports. */
const TARGET: RspackOptions['target'] = ['web', 'es2022'];
const MEDIA = /\.(avif|bmp|eot|frag|gif|ico|jpe?g|md|mp3|mp4|otf|png|svg|ttf|vert|webm|webp|woff2?|xml)$/;

/** How the code of a frontend plugin is bundled into `output`, without what makes it a remote. */
export function rspackOptions(
  { workspace, pkg }: ExportedPackage,
  output: string,
  rspack: typeof Rspack,
): RspackOptions {
  return {
    mode: 'production',
    target: TARGET,
    context: workspace.root,
    entry: {},
    // As in bundles for backends, the sources themselves stay where they are.
    devtool: 'nosources-source-map',
    output: {
      path: output,
      // The address of a remote is what the browser loaded it from.
      publicPath: 'auto',
      uniqueName: uniqueName(pkg.name),
      filename: `${CHUNKS}.js`,
      chunkFilename: `${CHUNKS}.js`,
      cssFilename: `${CHUNKS}.css`,
      cssChunkFilename: `${CHUNKS}.css`,
      assetModuleFilename: `${CHUNKS}[ext]`,
      // Given their names afterwards; two with one name would be told apart by a hash of their paths.
      devtoolModuleFilenameTemplate: '[absolute-resource-path]',
      devtoolFallbackModuleFilenameTemplate: '[absolute-resource-path]?[hash]',
    },
    resolve: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.jsx', '.json', '.wasm'],
      mainFields: ['browser', 'module', 'main'],
      fallback: polyfills(),
    },
    module: {
      parser: { 'css/auto': { namedExports: false } },
      generator: { 'css/auto': { localIdentName: '[uniqueName]-[name]-[local]' } },
      rules: [
        {
          test: /\.[cm]?[jt]sx?$/,
          exclude: installedBelow(workspace.root),
          type: 'javascript/auto',
          use: transpiler(),
        },
        // ES modules of the field leave out extensions.
        { test: /\.m?js$/, resolve: { fullySpecified: false } },
        { test: /\.css$/, type: 'css/auto' },
        { test: MEDIA, type: 'asset/resource' },
      ],
    },
    optimization: {
      // Ids that are made of paths would tell one folder from another.
      moduleIds: 'natural',
      chunkIds: 'natural',
      minimizer: minimizers(rspack),
    },
    performance: { hints: false },
    infrastructureLogging: { level: 'none' },
    stats: 'none',
  };
}

/**
 * Rspack's own, but short names do not go by how often the code has each letter: it still has hashes in it there that are made
 * of paths, and one `b` more or less would rename everything.
 */
function minimizers({
  SwcJsMinimizerRspackPlugin,
  LightningCssMinimizerRspackPlugin,
}: typeof Rspack): RspackPluginInstance[] {
  // An option of SWC (`swc_ecma_minifier`, MangleOptions) that Rspack's types leave out.
  const mangle: object = { disableCharFreq: true };
  return [new SwcJsMinimizerRspackPlugin({ minimizerOptions: { mangle } }), new LightningCssMinimizerRspackPlugin()];
}

/** Names the chunks and styles of a package in a page, where those of two packages must not meet. */
function uniqueName(packageName: string): string {
  return `${packName(packageName)}-${createHash('sha256').update(packageName).digest('hex').slice(0, 12)}`;
}

/** Matches installed code, also of a workspace that itself lies below a folder called node_modules. */
function installedBelow(root: string): RegExp {
  const installed = /[\\/]node_modules[\\/]/;
  if (!installed.test(root + sep)) return installed;
  return new RegExp(`^${root.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}(?=[\\\\/]).*${installed.source}`);
}

function transpiler(): Array<{ loader: string; options: object }> {
  const parser = { syntax: 'typescript', tsx: true };
  const transform = { react: { runtime: 'automatic' } };
  return [{ loader: 'builtin:swc-loader', options: { jsc: { parser, transform, target: 'es2022' } } }];
}
