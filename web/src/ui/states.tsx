import type { ReactElement, ReactNode } from "react";
import { messageOf } from "../errors.ts";
import { texts } from "../texts.ts";
import { Button } from "./button.tsx";
import { Icon, type IconName } from "./icon.tsx";

interface EmptyProps {
  readonly icon: IconName;
  readonly title: string;
  readonly text?: string;
  /** It is all that the page shows. */
  readonly isPage?: boolean;
  readonly children?: ReactNode;
}

export const Empty = ({ icon, title, text, isPage, children }: EmptyProps): ReactElement => (
  <div className="empty">
    <span className="empty-icon">
      <Icon name={icon} size={28} />
    </span>
    {isPage ? <h1>{title}</h1> : <h2>{title}</h2>}
    {text !== undefined && <p className="muted">{text}</p>}
    {children}
  </div>
);

/** What a query could not read, with a way to try again. */
export const Failed = ({
  error,
  retry,
}: {
  readonly error: unknown;
  readonly retry: () => void;
}): ReactElement => (
  <div role="alert">
    <Empty icon="alert" title={messageOf(error)}>
      <Button onClick={retry}>{texts.retry}</Button>
    </Empty>
  </div>
);

export const Loading = (): ReactElement => (
  <div className="loading" role="status">
    <span className="spinner" />
    <span className="visually-hidden">{texts.loading}</span>
  </div>
);
