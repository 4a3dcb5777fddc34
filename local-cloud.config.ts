import type { LocalCloudConfig } from "local-cloud";

/** What the local cloud is to know of Darkroom beyond what the program declares. */
const config: LocalCloudConfig = {
  users: [{ username: "alice" }, { username: "bob" }, { username: "admin", groups: ["admins"] }],
  // Receivers on this machine may be called back: a deployment refuses the setting. GraphiQL signs in with passwords.
  config: { "darkroom:loopbackCallbacks": "true", "darkroom:passwordSignIn": "true" },
  unwatched: ["packages", "tools"],
  // The editor's first tabs. Lines are short: half a window shows about fifty characters.
  examples: [
    `# Who am I? Null until I have a profile:
# mutation {
#   createUser(input: { name: "Alice" }) { id }
# }
#
# Ctrl-Enter runs, Ctrl-Space completes.
# The book on the left is the schema.
query Me {
  me {
    id
    name
    email
    createdAt
  }
}
`,
    `# Reserves an asset and signs its upload.
# Send the file with upload.method to upload.url
# and just these headers, as curl does:
#   curl -T sunset.jpg -H "name: value" "$url"
# It must have contentLength bytes.
mutation CreateAsset {
  createAsset(
    input: {
      contentType: "image/jpeg"
      contentLength: 48213
      filename: "sunset.jpg"
    }
  ) {
    asset {
      id
      state
    }
    upload {
      method
      url
      headers {
        name
        value
      }
      expiresAt
    }
  }
}
`,
    `# Shows each change of my assets as it happens.
# Leave it running, and create an asset in another
# browser tab: changing tabs up here would end it.
#
# $ownerId, left out, is whoever is signed in.
subscription Watch($ownerId: ID!) {
  onAssetEvent(ownerId: $ownerId) {
    seq
    type
    at
    asset {
      id
      filename
      state
      labelStatus
      labels {
        name
        confidence
      }
    }
  }
}
`,
  ],
};

export default config;
