import { Component, type ReactNode } from "react";
import { texts } from "../texts.ts";
import { Button } from "./button.tsx";
import { Empty } from "./states.tsx";

interface State {
  readonly failed: boolean;
}

/** Replaces what an error has broken. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override readonly state: State = { failed: false };

  static getDerivedStateFromError(): State {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) {
      return this.props.children;
    }
    return (
      <main role="alert">
        <Empty isPage icon="alert" title={texts.crashed.title} text={texts.crashed.text}>
          <Button onClick={() => location.reload()}>{texts.crashed.reload}</Button>
        </Empty>
      </main>
    );
  }
}
