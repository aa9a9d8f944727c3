import { expect, test } from "vitest";
import { gatewayLogsUrl } from "./gateway-logs-url";

const LOGS = "https://dash.cloudflare.com/abc/ai/ai-gateway/gateways/main/logs";
const names = { CLOUDFLARE_ACCOUNT_ID: "abc", AI_GATEWAY: "main" };

test.each([
  [{ AI_GATEWAY_URL: "https://gateway.ai.cloudflare.com/v1/abc/main" }, LOGS],
  [names, LOGS],
  [{ AI_GATEWAY_URL: "http://127.0.0.1:9000/v1/abc/main", ...names }, null],
  [{}, null],
])("%j: %s", (variables, logs) => expect(gatewayLogsUrl(variables)).toBe(logs));
