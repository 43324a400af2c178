import { Sidebar, SidebarDivider, SidebarGroup, SidebarItem, SidebarSpace } from '@backstage/core-components';
import type { NavContentComponentProps } from '@backstage/plugin-app-react';
import { RiMenuLine } from '@remixicon/react';
import { ThemeSwitch } from './ThemeSwitch';

/** The sidebar, a bar at the bottom on phones: the portal's own pages, those of plugins, and the theme. */
export function Navigation({ navItems }: NavContentComponentProps) {
  const items = navItems.withComponent(({ href, icon, title }) => (
    <SidebarItem to={href} icon={() => icon} text={title} />
  ));
  return (
    <Sidebar>
      <SidebarGroup label="Menu" icon={<RiMenuLine size={20} aria-hidden />}>
        {items.take('page:showcase')}
        {items.take('page:dynamic-plugins')}
        <SidebarDivider />
        {items.rest({ sortBy: 'title' })}
        <SidebarSpace />
        <SidebarDivider />
        <ThemeSwitch />
      </SidebarGroup>
    </Sidebar>
  );
}
