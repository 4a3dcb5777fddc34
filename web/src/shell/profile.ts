import { useEffect } from "react";
import { useQueryClient } from "@tanstack/react-query";
import { createUser, me, type User } from "darkroom-client";
import { useDarkroom, useOperation } from "darkroom-client/react";
import { useUser } from "../session.tsx";

/** The profile with its usage. The first visit creates it, with the username as its name. */
export function useProfile(): { readonly profile: User | undefined; readonly error: unknown } {
  const { endpoint } = useDarkroom();
  const { username } = useUser();
  const queryClient = useQueryClient();
  const { data, error } = useOperation(
    me,
    {},
    { include: { usage: true, failingCallbacks: true }, staleTime: 15_000 },
  );
  const isNew = data === null;
  useEffect(() => {
    if (isNew) {
      // Another tab may create it too.
      void createUser(endpoint, { input: { name: username } })
        .catch(() => undefined)
        .then(() => queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[2] === "me" }));
    }
  }, [isNew, endpoint, username, queryClient]);
  return { profile: data ?? undefined, error };
}

/** Reads the profile again after a change. */
export function useProfileRefresh(): () => Promise<void> {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[2] === "me" });
}
