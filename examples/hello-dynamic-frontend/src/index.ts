export { helloPlugin as default } from './plugin';
