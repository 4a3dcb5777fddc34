import type { ReactElement } from "react";
import { texts } from "../texts.ts";
import { Link } from "../ui/link.tsx";
import { Empty } from "../ui/states.tsx";

export const NotFound = (): ReactElement => (
  <Empty isPage icon="search" title={texts.notFound.title} text={texts.notFound.text}>
    <Link to="/" className="button plain">
      {texts.notFound.back}
    </Link>
  </Empty>
);
