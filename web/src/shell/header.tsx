import type { ReactElement } from "react";
import { SearchBox } from "../search/search-box.tsx";
import { texts } from "../texts.ts";
import { Logo } from "../ui/icon.tsx";
import { Link } from "../ui/link.tsx";
import { HeaderTabs } from "./tabs.tsx";
import { UploadButton } from "./upload-button.tsx";

export const Header = ({ path }: { readonly path: string }): ReactElement => (
  <header className="header">
    <Link to="/" className="brand" aria-label={texts.name}>
      <Logo />
      <span>{texts.name}</span>
    </Link>
    <HeaderTabs path={path} />
    <SearchBox />
    <UploadButton />
  </header>
);
