/**
 * The page on how responses are classified, from the rules.
 * @module
 */
import { type Explains, LEARNING_CASES } from "../../lib/pool/learn/learning-cases.ts";
import { commonErrorRules } from "../../lib/providers/answers/common-error-rules.ts";
import { gatewayErrorRules, pageRules } from "../../lib/providers/answers/edge-error-rules.ts";
import { USUAL, usualUntilMs } from "../../lib/providers/answers/judge-answer.ts";
import { readErrorFacts } from "../../lib/providers/answers/read-error-facts.ts";
import { UNEXPLAINED_COOLDOWN } from "../../lib/providers/answers/unexplained-cooldown.ts";
import { providers } from "../../lib/providers/registry.ts";
import type { ErrorRule } from "../../lib/providers/types.ts";
import { openai } from "../../lib/providers/vendors/openai.ts";
import { NOW_MS } from "../../tests/error-answers/error-answer.ts";
import { code, GENERATED, page, table } from "./markdown-parts.ts";
import { durationText, ruleTable, timeUntil } from "./rule-rows.ts";

type ErrorMeaning = ErrorRule["meaning"];

interface MeaningText {
  readonly means: string;
  /** When the response itself states the time; empty if it never does. */
  readonly stated: string;
  /** What must happen before the key's cooldown; absent if nothing must. */
  readonly condition?: string;
  readonly request: string;
}

const MEANINGS: Readonly<Record<ErrorMeaning, MeaningText>> = {
  client_error: {
    means: "the request itself is rejected",
    stated: "",
    request: "delivered; another key is tried where it may hold what this one lacks",
  },
  rate_limit_minute: {
    means: "a short quota is used up",
    stated: `as long as the answer says, else for ${durationText(USUAL.rate_limit_minute.cooldownMs)} if it names a quota, else `,
    request: "next key",
  },
  rate_limit_day: {
    means: "the daily quota is used up",
    stated: "as long as the answer says, else ",
    request: "next key",
  },
  out_of_credit: {
    means: "balance, credit or a spending cap is used up",
    stated: "until the date that the answer names, else ",
    request: "next key",
  },
  key_invalid: {
    means: "an error known to mean that the key is invalid",
    stated: "",
    condition: "once a second witness agrees",
    request: "next key",
  },
  key_blocked: {
    means: "the key or its account was suspended, leaked or restricted",
    stated: "",
    condition: "once a second witness agrees",
    request: "next key",
  },
  key_doubtful: {
    means: "a 401 or 403 for an unclear reason",
    stated: "",
    condition: "once a second witness agrees",
    request: "next key",
  },
  model_denied: {
    means: "the key has no access to this model",
    stated: "",
    condition: "once another key has served the request",
    request: "next key; if none serves it, the provider's error is returned",
  },
  region_denied: {
    means: "rejected because of where the request came from",
    stated: "",
    request: "once more, then the error is returned",
  },
  foreign_reasoning: {
    means: "the conversation carries reasoning that another account encrypted",
    stated: "",
    request:
      "the account that made it, if it is available in time; otherwise continues without that reasoning",
  },
  overloaded: {
    means: "the model has no capacity",
    stated: "",
    request: "again after a short pause, with another key if there is one",
  },
  server_error: {
    means: "the provider failed, or sent no response at all",
    stated: "",
    request: "again after a short pause, with another key if there is one",
  },
  gateway_limit: {
    means: "AI Gateway rejected the request",
    stated: "",
    request: "returned",
  },
};

const EXPLAINED: Readonly<Record<Explains, string>> = {
  limit: "the limit",
  timing: "the time",
  nothing: "nothing",
};

export function judgingPage(): string {
  return page(
    "# How responses are classified",
    GENERATED,
    "One Balance classifies a response by its message before its status, because statuses mislead: a 401 can mean an empty account, a 403 a blocked region, and a 429 a request that is too large to ever succeed. Every cooldown and every block keeps its evidence: the provider's message (with secrets removed), the rule, the request and the time. You can see it on the key's page in the portal, and undo it there or with `POST /api/admin/provider-keys/{id}/reset`.",
    "## Meanings",
    "<!-- checked against the code: meanings -->\n" +
      table(
        ["What the response means", "What happens to the key", "What happens to the request"],
        [
          [code("ok"), "nothing", "returned"],
          ...(Object.keys(MEANINGS) as ErrorMeaning[]).map((meaning) => [
            `${code(meaning)}: ${MEANINGS[meaning].means}`,
            keyText(meaning),
            MEANINGS[meaning].request,
          ]),
        ],
      ),
    `Daily quotas renew at midnight UTC, ${pacificLabels()} at midnight Pacific time. Only a person shortens a cooldown: by a reset, a check that finds the key valid, or disabling and enabling it.`,
    "The length of a cooldown is, in this order: the rule's own time; the time that the response states; what the pool knows about the quota; a guess. No cooldown is longer than 25 hours, unless the response names a week or a month, or the account is out of credit. A time that can't be meant (years, an epoch time in `Retry-After`) is ignored.",
    `A 429 that states neither a quota nor a reset time puts the key in cooldown for ${durationText(UNEXPLAINED_COOLDOWN.firstMs)}, multiplied by ${UNEXPLAINED_COOLDOWN.growth} each time in a row, up to ${durationText(UNEXPLAINED_COOLDOWN.longestMs)}. If that happens \`CONSECUTIVE_429_THRESHOLD\` times for one key and model, each after the previous cooldown, with no success in between and while other keys or models of the provider work, the daily quota is assumed to be used up.`,
    `A 429 that names a quota without a time, such as "requests per min", may mean a whole minute or a hiccup of a second. The key comes last for a minute; if that leaves none, a request that would be rejected tries one of them after 1 second, then after 2, and then every 4, and the first success brings that key back.`,
    "An error that says a key is invalid is only one witness. The key becomes a suspect: it is used last, and blocked only when a second witness agrees. That is another key that serves the same request, the same key's rejection of a different request of another caller while other keys work, or the free check, which runs automatically after a request that no key served, in pools of fewer than five keys. When one response shows that two or more keys are invalid, there are probably more: up to 14 others are then checked in the background, at most once a second, and those that fail are blocked if the key that has served passes the same check afterwards. So clients don't meet them one by one. Providers without a free check are left out. A rejection that may be about what the caller chose (a path that names no model, an account in the path as with Azure OpenAI, Amazon Bedrock, Vertex AI and Workers AI) never blocks a key by itself.",
    "If five or more keys are all rejected in the same way and none works, no key is changed: One Balance opens an incident and sends one probe per second, each with other keys, until one works. The portal marks a suspect and shows what the provider said, and what ended the suspicion: a response, a block, a reset. An incident names the keys that a second witness had blocked, and those that worked.",
    "Rejections are cheap: they don't use up attempts (`maxAttempts` counts failures), and up to 30 keys are tried within 20 seconds. After five rejections of one request, keys that worked recently go first. A key whose connections break or whose server fails three times in a row while others work comes last for 5 seconds, longer each time, and so does one that says when to retry; a success ends that. After every key was tried, the one that worked last is tried again.",
    "A key that is silent for more than three times as long as the model's responses usually take to begin, and for at least a second, is given up for another one if sending again is safe, and comes last. Before the usual time is known, one request at a time gives up after 15 seconds, or after 90 if other keys are silent as well, so that a slow model doesn't get the same request twice. What no key can solve (a model that doesn't exist, a provider behind OpenRouter that is busy) is tried a few times and remembered for 10 seconds.",
    "One Balance inspects a response with status 200 before it forwards it: if an error follows pings, comments and notices that work has started, another key is tried, and the client still gets its response. It is forwarded once it contains something useful to a client: a piece of text, reasoning or a tool call, the reason why it ended, or a whole JSON response. A response that ends without any of these, or in the middle of its JSON, doesn't count, and the request is tried again. After 64 KiB that may be useful, 256 KiB of padding and notices, or 10 seconds of pings or silence, it is forwarded as it is. A GET response (a file, an old failed response) and the output of a service that reports no usage (a fal app) can contain anything that anyone wrote: an error in it, with status 200, changes no key.",
    "From then on nothing is retried, and the end decides. A response that contains an error after its first output, or ends without the final event of its protocol, counts as `upstream_error`; the key goes into cooldown or is blocked as the error says. If a client disconnects after that event, it has its response (`ok`). Responses without content for policy reasons, `incomplete` and `204` count as responses.",
    "Requests that create something that is stored or billed per job (files, batches, fine-tuning, images, videos, predictions, queues) are not sent again after an unknown outcome, because they might be executed twice; other requests to a model are sent once more at most.",
    "A blocked key is re-checked with a free request after 1 hour, then after 6 and 24 hours, then weekly, and unblocked if it works. [Operations](operations.md#maintenance) has more.",
    "## Learned limits",
    "A key gets no more requests than its configured, reported and learned limits allow. What a rejection teaches about requests in a window is decided by these cases, in this order; the first that applies counts. A key without a learned limit follows what the other keys of its pool have in common for the model.",
    table(
      ["What happened", "What it teaches", "The rejection is then explained by"],
      LEARNING_CASES.map(({ kind, when, teaches, explains = "nothing" }) => [
        when,
        teaches,
        kind === "refused" ? EXPLAINED[explains] : "",
      ]),
    ),
    "Keys with a known limit wait for capacity. Only while requests wait without a ready key does one request at a time exceed it, as a probe; if the probe succeeds, the next follows sooner. An unexplained rejection puts the key in cooldown for a guessed time, which delays requests and rejects none: if only a guess keeps all keys in cooldown, one request goes as a probe.",
    "## Rules",
    "Rules are tried in this order; the first that matches decides, and the last matches everything. If no sample response is recorded, the second column is empty.",
    "### AI Gateway's own responses",
    ruleTable(gatewayErrorRules),
    "### The provider's own rules",
    `On the page of each: ${providers
      .filter(({ errorRules }) => errorRules.length > 0)
      .map(({ slug, label }) => `[${label}](providers/${slug}.md#what-its-errors-do)`)
      .join(", ")}.`,
    "### Pages of proxies in between",
    ruleTable(pageRules),
    "### Common rules",
    ruleTable(commonErrorRules),
  );
}

function keyText(meaning: ErrorMeaning): string {
  const { effect, scope } = USUAL[meaning];
  const { stated, condition } = MEANINGS[meaning];
  if (effect === "none") return "nothing";
  const witness = condition === undefined ? "" : `, ${condition}`;
  if (effect === "block") return `blocked until it is reset or a check finds it valid${witness}`;
  const reach = scope === "model" ? "cooldown for this model" : "cooldown for every model";
  const words = readErrorFacts(429, new Headers(), "");
  const usual =
    meaning === "rate_limit_day"
      ? "until the provider's midnight"
      : timeUntil(usualUntilMs(meaning, openai, words, NOW_MS));
  return `${reach} ${stated}${usual}${witness}`;
}

function pacificLabels(): string {
  return providers
    .filter(({ quotaDayZone }) => quotaDayZone === "America/Los_Angeles")
    .map(({ label }) => label)
    .join(" and ");
}
