export const TEMPLATE_PLUGINS: readonly string[];
