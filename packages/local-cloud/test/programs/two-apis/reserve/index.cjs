const { createHash, createHmac } = require("node:crypto");

const query = "mutation ($product: ID!) { reserve(product: $product) { product by } }";

exports.handler = async ({ product }) => {
  const url = new URL(process.env.WAREHOUSE_URL);
  const body = JSON.stringify({ query, variables: { product } });
  const response = await fetch(url, { method: "POST", headers: sign(url, body), body });
  const { data, errors } = await response.json();
  if (errors) {
    throw new Error(errors[0].message);
  }
  return { product: data.reserve.product, reserved: true };
};

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html */
function sign(url, body) {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION } = process.env;
  const time = new Date().toISOString().replace(/[:-]|\.\d{3}/g, "");
  const scope = `${time.slice(0, 8)}/${AWS_REGION}/appsync/aws4_request`;
  const headers = { host: url.host, "x-amz-date": time, "x-amz-security-token": AWS_SESSION_TOKEN };
  const names = Object.keys(headers).join(";");
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = ["POST", url.pathname, "", lines.join(""), names, sha256(body)].join("\n");
  const key = scope.split("/").reduce((secret, part) => hmac(secret, part), `AWS4${AWS_SECRET_ACCESS_KEY}`);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n")).toString(
    "hex",
  );
  const credential = `Credential=${AWS_ACCESS_KEY_ID}/${scope}`;
  return {
    ...headers,
    "content-type": "application/json",
    authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const hmac = (key, text) => createHmac("sha256", key).update(text).digest();
