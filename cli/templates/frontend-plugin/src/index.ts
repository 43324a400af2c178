export { __camelId__Plugin as default } from './plugin';
