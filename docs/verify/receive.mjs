// Receive webhooks, verify them, and print each event once.
//
//     node receive.mjs KEY [PORT]
//
// KEY is the subscription's secret (whsec_…) or the publisher's public key (whpk_…).

import { createServer } from "node:http";
import { verify } from "./verify.mjs";

const [key, port = "9100"] = process.argv.slice(2);
const seen = new Set(); // yours outlives the program: a table with the id as its key

async function receive(request, response) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts);
  const { "webhook-id": id = "", "webhook-timestamp": time = "", "webhook-signature": signatures = "" } = request.headers;
  if (!verify(key, id, time, signatures, body)) return response.writeHead(401).end();
  if (!seen.has(id)) { // a repeat carries the same id
    seen.add(id);
    const { type, data } = JSON.parse(body);
    console.log(type, data.article?.id, data.article?.headline); // a test event has none, a retraction no headline
  }
  response.writeHead(204).end();
}

createServer((request, response) => {
  receive(request, response).catch(() => response.destroy()); // not answered, it is sent again
}).listen(Number(port), "127.0.0.1");
