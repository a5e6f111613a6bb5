// Verify a webhook: v1 with the subscription's secret (whsec_…), v1a with the publisher's public key (whpk_…).
//
//     node verify.mjs KEY WEBHOOK-ID WEBHOOK-TIMESTAMP WEBHOOK-SIGNATURE < body
//
// The public keys are the `whpk` members of /.well-known/jwks.json. Give `body` as the bytes that came, not as JSON
// written anew.

import { createHmac, createPublicKey, timingSafeEqual, verify as verified } from "node:crypto";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const TOLERANCE = 300; // seconds

export function verify(key, id, timestamp, signatures, body) {
  if (!/^\d+$/.test(timestamp) || Math.abs(Date.now() / 1000 - Number(timestamp)) > TOLERANCE) return false;
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const [kind, text] = [key.slice(0, key.indexOf("_")), key.slice(key.indexOf("_") + 1)];
  const raw = Buffer.from(text, "base64");
  return signatures.split(" ").some((one) => {
    const [version, signature] = one.split(",", 2);
    const given = Buffer.from(signature ?? "", "base64");
    if (kind === "whsec" && version === "v1") {
      const expected = createHmac("sha256", raw).update(signed).digest();
      return given.length === expected.length && timingSafeEqual(given, expected);
    }
    if (kind === "whpk" && version === "v1a") {
      const jwk = { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") };
      return verified(null, signed, createPublicKey({ key: jwk, format: "jwk" }), given);
    }
    return false;
  });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exit(verify(...process.argv.slice(2, 6), readFileSync(0)) ? 0 : 1);
}
