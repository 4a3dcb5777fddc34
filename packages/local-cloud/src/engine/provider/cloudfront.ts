import { ACCOUNT_ID } from "../../base/graph.ts";
import type { ModelsOf, Place } from "./model.ts";

const named = { property: "name", maxLength: 64 } as const;

export const cloudfront: ModelsOf<"cloudfront"> = {
  "aws:cloudfront/distribution:Distribution": {
    compute: (_inputs, at) => {
      const id = idOf(at);
      return {
        id,
        arn: `arn:aws:cloudfront::${ACCOUNT_ID}:distribution/${id}`,
        domainName: at.endpoints
          ? new URL(at.endpoints.base).host
          : `d${at.hex(13, "domain")}.cloudfront.net`,
        // The same for all distributions.
        hostedZoneId: "Z2FDTNDATAQYW2",
      };
    },
  },
  "aws:cloudfront/originAccessControl:OriginAccessControl": {
    named,
    compute: (_inputs, at) => {
      const id = idOf(at);
      return { id, name: at.name, arn: `arn:aws:cloudfront::${ACCOUNT_ID}:origin-access-control/${id}` };
    },
  },
  "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": {
    named: { ...named, maxLength: 128 },
    compute: (_inputs, at) => {
      const id = at.uuid();
      return { id, name: at.name, arn: `arn:aws:cloudfront::${ACCOUNT_ID}:response-headers-policy/${id}` };
    },
  },
};

const idOf = (at: Place): string => `E${at.hex(13).toUpperCase()}`;
