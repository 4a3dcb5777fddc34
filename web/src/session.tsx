import {
  createContext,
  type ReactElement,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
} from "react";
import { createSession, type Session, type SignedInUser } from "darkroom-client/sign-in";
import type { Config } from "./config.ts";

interface Signed {
  readonly session: Session;
  readonly mfa: Config["mfa"];
  /** Undefined while it is read, null if nobody is signed in. */
  readonly user: SignedInUser | null | undefined;
  /** Reads the user again after signing in. */
  readonly refresh: () => Promise<void>;
  readonly signOut: () => Promise<void>;
}

const Context = createContext<Signed | undefined>(undefined);

export function SessionProvider({ config, children }: { config: Config; children: ReactNode }): ReactElement {
  const { userPoolId, userPoolClientId, endpointUrl, mfa } = config;
  const session = useMemo(
    () => createSession({ userPoolId, userPoolClientId, ...(endpointUrl !== null && { endpointUrl }) }),
    [userPoolId, userPoolClientId, endpointUrl],
  );
  const [user, setUser] = useState<Signed["user"]>(undefined);
  const value = useMemo(() => {
    const refresh = async () => setUser((await session.user().catch(() => undefined)) ?? null);
    const signOut = async () => {
      await session.signOut().catch(() => undefined);
      setUser(null);
    };
    return { session, mfa, refresh, signOut };
  }, [session, mfa]);
  useEffect(() => {
    void value.refresh();
    // Another tab signed in or out.
    const listener = () => void value.refresh();
    addEventListener("storage", listener);
    return () => removeEventListener("storage", listener);
  }, [value]);
  return <Context.Provider value={{ ...value, user }}>{children}</Context.Provider>;
}

export function useSession(): Signed {
  const signed = useContext(Context);
  if (!signed) {
    throw new Error("There is no SessionProvider above this component");
  }
  return signed;
}

/** The signed-in user. Only below the sign-in. */
export function useUser(): SignedInUser {
  const { user } = useSession();
  if (!user) {
    throw new Error("Nobody is signed in");
  }
  return user;
}

export const useIsAdmin = (): boolean => useUser().groups.includes("admins");
