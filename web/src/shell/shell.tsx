import { lazy, type ReactElement, Suspense, useEffect } from "react";
import { useLive, useUpload } from "darkroom-client/react";
import { Library } from "../library/library.tsx";
import { type Place, usePlace } from "../router.ts";
import { useIsAdmin } from "../session.tsx";
import { part } from "../stale.ts";
import { texts } from "../texts.ts";
import { ErrorBoundary } from "../ui/error-boundary.tsx";
import { notify } from "../ui/notices.tsx";
import { Loading } from "../ui/states.tsx";
import { DropTarget } from "./drop-target.tsx";
import { Header } from "./header.tsx";
import { NotFound } from "./not-found.tsx";
import { useProfile } from "./profile.ts";
import { TabBar } from "./tabs.tsx";

const Uploads = lazy(() => part(() => import("./uploads.tsx")));
const Results = lazy(() => part(() => import("../search/results.tsx")));
const Viewer = lazy(() => part(() => import("../viewer/viewer.tsx")));
const Trash = lazy(() => part(() => import("../trash/trash.tsx")));
const Activity = lazy(() => part(() => import("../activity/activity.tsx")));
const Account = lazy(() => part(() => import("../account/account.tsx")));
const Admin = lazy(() => part(() => import("../admin/admin.tsx")));

/** The gallery of a signed-in user. */
export function Shell(): ReactElement {
  const place = usePlace();
  const [, pictureId] = /^\/photo\/([^/]+)$/.exec(place.path) ?? [];
  const view = pictureId === undefined ? place : placeOf(place.behind ?? "/");
  useProfile();
  return (
    <>
      <a className="skip" href="#main">
        {texts.skip}
      </a>
      <Header path={view.path} />
      <LiveState />
      <main id="main" tabIndex={-1}>
        <ErrorBoundary key={view.path}>
          <Suspense fallback={<Loading />}>
            <View place={view} />
          </Suspense>
        </ErrorBoundary>
      </main>
      <TabBar path={view.path} />
      <UploadPanel />
      <DropTarget />
      {pictureId !== undefined && (
        <Suspense fallback={null}>
          <Viewer id={pictureId} behind={place.behind ?? "/"} />
        </Suspense>
      )}
    </>
  );
}

function UploadPanel(): ReactElement | null {
  const { totals } = useUpload();
  return totals.files === 0 ? null : (
    <Suspense fallback={null}>
      <Uploads />
    </Suspense>
  );
}

function placeOf(address: string): Place {
  const { pathname, searchParams } = new URL(address, location.origin);
  return { path: pathname, query: searchParams, behind: undefined };
}

function View({ place: { path, query } }: { readonly place: Place }): ReactElement {
  const isAdmin = useIsAdmin();
  const title = titleOf(path, query);
  useEffect(() => {
    document.title = `${title} · ${texts.name}`;
  }, [title]);
  switch (path) {
    case "/":
      return <Library />;
    case "/search":
      return <Results label={query.get("label") ?? ""} minConfidence={Number(query.get("min") ?? 0)} />;
    case "/trash":
      return <Trash />;
    case "/activity":
      return <Activity />;
    case "/account":
      return <Account />;
    case "/admin":
      return isAdmin ? <Admin /> : <NotFound />;
    default:
      return <NotFound />;
  }
}

function titleOf(path: string, query: URLSearchParams): string {
  switch (path) {
    case "/":
      return texts.library.title;
    case "/search":
      return texts.search.title(query.get("label") ?? "");
    case "/trash":
      return texts.trash.title;
    case "/activity":
      return texts.activity.title;
    case "/account":
      return texts.account.title;
    case "/admin":
      return texts.admin.title;
    default:
      return texts.notFound.title;
  }
}

let wasLost = false;

/** Says when changes no longer arrive, and when they do again. */
function LiveState(): ReactElement | null {
  const { status } = useLive();
  useEffect(() => {
    if (status === "live" && wasLost) {
      notify({ text: texts.live.back });
    }
    wasLost = status === "lost" || (wasLost && status !== "live");
  }, [status]);
  const text = status === "lost" ? texts.live.lost : status === "failed" ? texts.live.failed : undefined;
  return (
    <div className="live-state" role="status">
      {text !== undefined && <p>{text}</p>}
    </div>
  );
}
