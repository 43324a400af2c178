const HEADER = `# Written by \`stagedoor install\` from the pluginConfig of every plugin in its list.
# It is replaced by the next install: change the list instead.
`;

/** app-config.dynamic-plugins.yaml of a merged config. */
export async function appConfigText(config: Record<string, unknown>): Promise<string> {
  const { stringify } = await import('yaml');
  // No aliases: a config that occurs twice is written twice, as its reader may not know them.
  return HEADER + stringify(config, { aliasDuplicateObjects: false, lineWidth: 0 });
}
