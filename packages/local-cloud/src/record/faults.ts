import type { FaultInjector } from "../faults/injector.ts";
import type { Recording } from "./index.ts";
import { recorded } from "./service.ts";

/** Records every call that faults may be injected into, with the faults. Without a recording, records nothing. */
export function recordedFaults(faults: FaultInjector, recording: Recording | undefined): FaultInjector {
  if (!recording) {
    return faults;
  }
  return {
    ...faults,
    iam: (iam) => recording.iam(faults.iam(iam)),
    service: (service) => recorded(recording, faults.service(service)),
    graphql(listener) {
      const inner = faults.graphql(listener);
      return (request, response) =>
        request.method === "OPTIONS"
          ? inner(request, response)
          : recording.call(
              {
                ...{ service: "appsync", operation: "request", resource: request.url ?? "", input: "" },
                principal: undefined,
              },
              () => inner(request, response),
            );
    },
  };
}
