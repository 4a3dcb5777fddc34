interface Frame {
  readonly type: string;
  /** The whole message. */
  readonly text: string;
}

/** Observes the messages that this page's or process's WebSockets receive, and changes nothing. */
export interface Frames {
  /** Resolves once so many frames of this type have arrived since the last `take`. */
  until(type: string, count: number): Promise<void>;
  /** The frames since the last time, once all sockets are closed. */
  take(): Promise<Frame[]>;
}

/** Starts observing. */
export function observeSockets(): Frames {
  const frames: Frame[] = [];
  const open = new Set<WebSocket>();
  const waiting = new Set<() => void>();
  const wake = () => waiting.forEach((look) => look());
  const once = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (holds() && waiting.delete(look)) {
          resolve();
        }
      };
      waiting.add(look);
      look();
    });
  globalThis.WebSocket = class extends globalThis.WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args);
      open.add(this);
      this.addEventListener("message", ({ data }) => {
        const text = String(data);
        frames.push({ type: (JSON.parse(text) as Frame).type, text });
        wake();
      });
      this.addEventListener("close", () => {
        open.delete(this);
        wake();
      });
    }
  };
  return {
    until: (type, count) => once(() => frames.filter((frame) => frame.type === type).length >= count),
    async take() {
      await once(() => open.size === 0);
      return frames.splice(0);
    },
  };
}
