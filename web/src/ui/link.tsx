import type { AnchorHTMLAttributes, ReactElement } from "react";
import { follow } from "../router.ts";

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  readonly to: string;
}

export const Link = ({ to, onClick, ...rest }: LinkProps): ReactElement => (
  <a
    href={to}
    onClick={(event) => {
      onClick?.(event);
      follow(event, to);
    }}
    {...rest}
  />
);
