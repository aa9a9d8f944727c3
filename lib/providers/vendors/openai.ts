/**
 * OpenAI. Facts are from platform.openai.com's API reference, error codes guide and help article 6614457, and from AI
 * Gateway's pages on OpenAI and the realtime WebSockets API.
 * @module
 */
import { allOf, coded, says, withStatus } from "../answers/error-matchers";
import { asBearer } from "../place-key";
import type { ErrorRule, WebSocketPlan } from "../types";
import { openAiLike } from "./openai-like";

const BASE = "https://api.openai.com/v1";

/** Realtime, which AI Gateway has below the bare slug; other WebSocket paths are unchanged. */
const webSocket: WebSocketPlan = {
  protocol: "openai",
  upstreamUrl(path, gatewayBase) {
    const rest = path.replace(/^v1\//, "") || "realtime";
    if (gatewayBase === null) return `${BASE}/${rest}`;
    return rest === "realtime" ? `${gatewayBase}/openai` : `${gatewayBase}/openai/${rest}`;
  },
  placeKey: asBearer,
};

const errorRules: readonly ErrorRule[] = [
  {
    // The account was removed from every organization; it may be added again.
    name: "openai-no-organization",
    meaning: "key_doubtful",
    matches: allOf(withStatus(401, 403), says(/must be a member of an organization/i)),
  },
  {
    name: "openai-hard-limit",
    meaning: "out_of_credit",
    matches: allOf(withStatus(400), coded("billing_hard_limit_reached")),
  },
];

export const openai = openAiLike({
  slug: "openai",
  label: "OpenAI",
  base: BASE,
  hasEmbeddings: true,
  hasResponses: true,
  // https://platform.openai.com/docs/models: `gpt-5.1-codex`, `o3-pro`, `o4-mini-deep-research`, `computer-use-preview`.
  onlyResponses: /codex|-pro(?:-|$)|deep-research|^computer-use/,
  withholds: {
    credentials: { headers: ["authorization"], subprotocols: ["openai-insecure-api-key."] },
    // The official SDKs send the first two by themselves if OPENAI_ORG_ID and OPENAI_PROJECT_ID are set, in browsers as
    // subprotocols; Codex sends the third.
    accounts: {
      headers: ["openai-organization", "openai-project", "chatgpt-account-id"],
      subprotocols: ["openai-organization.", "openai-project."],
    },
  },
  model: { socketQuery: "model", body: ["model"] },
  webSocket,
  keyPattern: /^sk-(?!ant-|or-)/,
  errorRules,
});
