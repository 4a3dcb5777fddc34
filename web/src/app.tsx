import { lazy, type ReactElement, Suspense, useMemo } from "react";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { DarkroomProvider } from "darkroom-client/react";
import type { Config } from "./config.ts";
import { SessionProvider, useSession } from "./session.tsx";
import { Shell } from "./shell/shell.tsx";
import { part } from "./stale.ts";
import { ErrorBoundary } from "./ui/error-boundary.tsx";
import { Notices } from "./ui/notices.tsx";
import { Loading } from "./ui/states.tsx";

const SignIn = lazy(() => part(() => import("./sign-in/sign-in.tsx")));

export const App = ({ config }: { readonly config: Config }): ReactElement => (
  <ErrorBoundary>
    <SessionProvider config={config}>
      <Gate {...config} />
      <Notices />
    </SessionProvider>
  </ErrorBoundary>
);

function Gate({ graphqlUrl, signUp }: Config): ReactElement {
  const { user, session } = useSession();
  // Nobody sees what another user has loaded.
  const queryClient = useMemo(() => new QueryClient(), [user?.id]);
  if (user === undefined) {
    return <Loading />;
  }
  if (user === null) {
    return (
      <Suspense fallback={<Loading />}>
        <SignIn signUp={signUp} />
      </Suspense>
    );
  }
  return (
    <QueryClientProvider client={queryClient} key={user.id}>
      <DarkroomProvider graphqlUrl={graphqlUrl} token={session.token} ownerId={user.id}>
        <Shell />
      </DarkroomProvider>
    </QueryClientProvider>
  );
}
