import { SidebarItem } from '@backstage/core-components';
import { appThemeApiRef, useApi } from '@backstage/frontend-plugin-api';
import { RiContrastLine, RiMoonLine, RiSunLine } from '@remixicon/react';
import { useSyncExternalStore } from 'react';

const THEMES = {
  auto: { icon: () => <RiContrastLine size={20} />, text: 'Auto theme', next: 'light' },
  light: { icon: () => <RiSunLine size={20} />, text: 'Light theme', next: 'dark' },
  dark: { icon: () => <RiMoonLine size={20} />, text: 'Dark theme', next: undefined },
};

/** Goes from the system's theme to light, to dark, and back. */
export function ThemeSwitch() {
  const api = useApi(appThemeApiRef);
  const active = useSyncExternalStore(
    (changed) => {
      const subscription = api.activeThemeId$().subscribe(changed);
      return () => subscription.unsubscribe();
    },
    () => api.getActiveThemeId(),
  );
  const { icon, text, next } = THEMES[active as keyof typeof THEMES] ?? THEMES.auto;
  return <SidebarItem icon={icon} text={text} onClick={() => api.setActiveThemeId(next)} />;
}
