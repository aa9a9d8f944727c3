/**
 * Runs the fake upstream alone: `node tests/fake-upstream/main.ts [port]`. Keys behave according to the words in their
 * text (`behaviour-by-name.ts`).
 * @module
 */
import { behaviourByName } from "./behaviour-by-name.ts";
import { startFakeUpstream } from "./start-fake-upstream.ts";

const port = Number(process.argv[2] ?? 0);
const upstream = await startFakeUpstream({
  port,
  unknownKey: behaviourByName,
  keepsRequests: false,
});
process.stdout.write(`AI_GATEWAY_URL=${upstream.gatewayUrl}\n`);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void upstream.close());
}
