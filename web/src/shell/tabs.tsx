import type { ReactElement } from "react";
import { useIsAdmin } from "../session.tsx";
import { texts } from "../texts.ts";
import { Icon, type IconName } from "../ui/icon.tsx";
import { Link } from "../ui/link.tsx";

interface Tab {
  readonly to: string;
  readonly text: string;
  readonly icon: IconName;
}

const tabs: readonly Tab[] = [
  { to: "/", text: texts.nav.library, icon: "images" },
  { to: "/activity", text: texts.nav.activity, icon: "activity" },
  { to: "/trash", text: texts.nav.trash, icon: "trash" },
  { to: "/account", text: texts.nav.account, icon: "user" },
];

const admin: Tab = { to: "/admin", text: texts.nav.admin, icon: "settings" };

function useTabs(): readonly Tab[] {
  return useIsAdmin() ? [...tabs, admin] : tabs;
}

interface TabsProps {
  readonly path: string;
}

/** In the header of wide windows. */
export function HeaderTabs({ path }: TabsProps): ReactElement {
  return (
    <nav className="header-tabs" aria-label={texts.nav.label}>
      {useTabs().map(({ to, text }) => (
        <Link key={to} to={to} aria-current={path === to ? "page" : undefined}>
          {text}
        </Link>
      ))}
    </nav>
  );
}

/** At the bottom of phones. */
export function TabBar({ path }: TabsProps): ReactElement {
  return (
    <nav className="tab-bar" aria-label={texts.nav.label}>
      {useTabs().map(({ to, text, icon }) => (
        <Link key={to} to={to} aria-current={path === to ? "page" : undefined}>
          <Icon name={icon} size={22} />
          <span>{text}</span>
        </Link>
      ))}
    </nav>
  );
}
