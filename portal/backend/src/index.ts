export { createPortalBackend, type PortalOptions } from './createPortalBackend';
