import { Sidebar, SidebarDivider, SidebarItem, SidebarSpace } from '@backstage/core-components';
import type { NavContentComponentProps } from '@backstage/plugin-app-react';
import { ThemeSwitch } from './ThemeSwitch';

/** The sidebar, a bar at the bottom on phones: the portal's own pages, those of plugins, and the theme. */
export function Navigation({ navItems }: NavContentComponentProps) {
  const items = navItems.withComponent(({ href, icon, title }) => (
    <SidebarItem to={href} icon={() => icon} text={title} />
  ));
  return (
    <Sidebar>
      {items.take('page:showcase')}
      {items.take('page:plugins')}
      <SidebarDivider />
      {items.rest({ sortBy: 'title' })}
      <SidebarSpace />
      <SidebarDivider />
      <ThemeSwitch />
    </Sidebar>
  );
}
