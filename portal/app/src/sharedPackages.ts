import * as materialStyles from '@material-ui/core/styles';
import { version as materialVersion } from '@material-ui/core/package.json';
import * as styles from '@material-ui/styles';
import { version as stylesVersion } from '@material-ui/styles/package.json';
import * as React from 'react';
import { version as reactVersion } from 'react/package.json';
import * as ReactDom from 'react-dom';
import { version as reactDomVersion } from 'react-dom/package.json';
import * as ReactRouter from 'react-router';
import { version as routerVersion } from 'react-router/package.json';
import * as ReactRouterDom from 'react-router-dom';
import { version as routerDomVersion } from 'react-router-dom/package.json';

/** What remotes take from the app, as `@backstage/module-federation-common` says: of these there must be one only. */
export const sharedPackages = {
  react: shared(React, reactVersion),
  'react-dom': shared(ReactDom, reactDomVersion),
  'react-router': shared(ReactRouter, routerVersion),
  'react-router-dom': shared(ReactRouterDom, routerDomVersion),
  '@material-ui/core/styles': shared(materialStyles, materialVersion),
  '@material-ui/styles': shared(styles, stylesVersion),
};

function shared(lib: unknown, version: string) {
  return { version, lib: () => lib, shareConfig: { singleton: true, requiredVersion: '*', eager: true } };
}
