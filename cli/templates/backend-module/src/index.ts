export { __camelId__Module as default } from './module';
