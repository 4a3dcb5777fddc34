import type { ReactElement, ReactNode } from "react";

interface PageHeadProps {
  readonly title: string;
  readonly lead?: string;
  readonly children?: ReactNode;
}

export const PageHead = ({ title, lead, children }: PageHeadProps): ReactElement => (
  <div className="page-head">
    <div>
      <h1>{title}</h1>
      {lead !== undefined && <p className="muted">{lead}</p>}
    </div>
    {children}
  </div>
);
