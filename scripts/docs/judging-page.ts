/**
 * The page on how keys are judged, from the rules that judge them.
 * @module
 */
import { type Explains, LEARNING_CASES } from "../../lib/pool/learn/learning-cases.ts";
import { commonErrorRules } from "../../lib/providers/answers/common-error-rules.ts";
import { gatewayErrorRules, pageRules } from "../../lib/providers/answers/edge-error-rules.ts";
import { USUAL, usualUntilMs } from "../../lib/providers/answers/judge-answer.ts";
import { readErrorFacts } from "../../lib/providers/answers/read-error-facts.ts";
import { providers } from "../../lib/providers/registry.ts";
import type { ErrorRule } from "../../lib/providers/types.ts";
import { openai } from "../../lib/providers/vendors/openai.ts";
import { code, GENERATED, page, table } from "./markdown-parts.ts";
import { NOW_MS, ruleTable, timeUntil } from "./rule-rows.ts";

type ErrorMeaning = ErrorRule["meaning"];

interface MeaningText {
  readonly means: string;
  /** When the answer itself tells the time; empty where it never does. */
  readonly told: string;
  /** What must happen before the key rests; absent where nothing must. */
  readonly condition?: string;
  readonly request: string;
}

const MEANINGS: Readonly<Record<ErrorMeaning, MeaningText>> = {
  client_error: {
    means: "the request itself is refused",
    told: "",
    request: "delivered; another key is tried where it may hold what this one lacks",
  },
  rate_limit_minute: {
    means: "a short quota is used up",
    told: "as long as the answer says, else ",
    request: "next key",
  },
  rate_limit_day: {
    means: "the day's quota is used up",
    told: "as long as the answer says, else ",
    request: "next key",
  },
  out_of_credit: {
    means: "balance, credit or a spending cap is used up",
    told: "until the date that the answer names, else ",
    request: "next key",
  },
  key_invalid: {
    means: "words known to mean a dead key",
    told: "",
    condition: "once a second witness agrees",
    request: "next key",
  },
  key_blocked: {
    means: "the key or its account was banned, leaked or suspended",
    told: "",
    condition: "once a second witness agrees",
    request: "next key",
  },
  key_doubtful: {
    means: "a 401 or 403 in unknown words",
    told: "",
    condition: "once a second witness agrees",
    request: "next key",
  },
  model_denied: {
    means: "this key may not use this model",
    told: "",
    condition: "once another key has served the request",
    request: "next key; if none serves it, the refusal is delivered",
  },
  region_denied: {
    means: "refused for where the request came from",
    told: "",
    request: "once more, then delivered",
  },
  foreign_reasoning: {
    means: "the conversation carries reasoning that another account sealed",
    told: "",
    request:
      "the account that made it, where it can be had in time; else on without that reasoning",
  },
  overloaded: {
    means: "the model has no capacity",
    told: "",
    request: "again after a short pause, with another key where there is one",
  },
  server_error: {
    means: "the provider failed, or gave no answer at all",
    told: "",
    request: "again after a short pause, with another key where there is one",
  },
  gateway_limit: {
    means: "AI Gateway's own limit or refusal",
    told: "",
    request: "delivered",
  },
};

const EXPLAINED: Readonly<Record<Explains, string>> = {
  limit: "the limit",
  timing: "the time",
  nothing: "nothing",
};

export function judgingPage(): string {
  return page(
    "# How keys are judged",
    GENERATED,
    "The words of an answer come before its status: a 401 may be an empty account, a 403 a region, a 429 a request too large to ever pass. Every rest and every block keeps its evidence (the provider's words with secrets taken out, the rule, the request, the time), which the portal shows, and can be undone there or with `POST /api/admin/provider-keys/{id}/reset`.",
    "## Meanings",
    "<!-- checked against the code: meanings -->\n" +
      table(
        ["What the answer means", "What happens to the key", "What happens to the request"],
        [
          [code("ok"), "nothing", "delivered"],
          ...(Object.keys(MEANINGS) as ErrorMeaning[]).map((meaning) => [
            `${code(meaning)}: ${MEANINGS[meaning].means}`,
            keyText(meaning),
            MEANINGS[meaning].request,
          ]),
        ],
      ),
    `Daily quotas renew at midnight UTC, ${pacificLabels()} at midnight Pacific time. A rest is never shortened except by a person: a reset, a check that finds the key good, switching it off and on.`,
    "How long a key rests is decided in this order: the rule's own time, exactly; the time that the answer tells; what the pool knows of the quota; a guess. No rest is longer than 25 hours, but where the answer's words name a week or a month, and for money. A time that nobody can mean (years, an epoch time in `Retry-After`) counts as not told.",
    "A 429 that tells neither quota nor reset time rests the key for 5 seconds, and twice as long each time in a row, up to 5 minutes. `CONSECUTIVE_429_THRESHOLD` of them for one key and model, each after the rest of the one before, with no success between and while other keys or models of the provider answer, are taken for the day's quota.",
    "Words that condemn a key are one witness. The key becomes a suspect: it is used last, and changed only when a second witness is heard. That is another key that serves the same request, the same key's refusal of another caller's unlike request while other keys answer, or the free check, which is made by itself after a request that no key served, in pools of fewer than five keys. A refusal that may be about what the caller chose (a path that names no model, an account in the path as with Azure OpenAI, Amazon Bedrock, Vertex AI and Workers AI) never condemns by itself. Where all of five keys or more are refused alike and none answers, no key is changed: an incident is told, and one probe a second goes, each on other keys, until one answers. The portal marks a suspect and shows what was said, and what ended the suspicion: an answer, a block, a reset. An incident names the keys that a second witness had blocked, and those that answered.",
    "Refusals are cheap: they do not use up the attempts (`maxAttempts` counts failures), and up to 30 keys are asked within 20 seconds. After five refusals of one request, keys that answered lately go first. A key whose connections break or whose server fails three times in a row while others answer comes last for 5 seconds, longer each time, and so does one that tells when to come back; a success ends it. After every key was tried, the one that answered last is asked again. A key that is silent for more than three times as long as answers of the model usually take to begin, and for a second at least, is left for another where sending again is safe, and comes last; before that is known, one request at a time leaves after 15 seconds, or after 90 where other keys are silent as well, so that a slow model is not asked twice. What no key cures (a model that does not exist, a provider behind OpenRouter that is busy) is asked a few times and remembered for 10 seconds.",
    "An answer with status 200 is looked into before it is handed on, packed or not and however it is cut: an error behind pings, comments and the news that work has begun costs another key an attempt, and not the client its answer. It is handed on once it brings something that a client can use: a piece of text, thought or tool call, the reason why it ended, or a whole JSON answer. An answer that ends without any of these, or in the middle of its JSON, is none, and is tried again. After 64 KiB that may be of use, 256 KiB of padding and news, or 10 seconds of pings or silence, it is handed on as it is.",
    "From then on nothing is tried again, and the end decides. An answer that tells an error after its first words, or ends without the event that ends it in its protocol, counts as `upstream_error`; the key rests or is blocked as the words say. A client that leaves after that event has its answer (`ok`). Refusals for content, `incomplete` and `204` are answers.",
    "What is stored or billed by the job (files, batches, fine-tuning, images, videos, predictions, queues) is not sent again after an unknown outcome, since it might be done twice; a model's answer is asked for once more at most.",
    "A blocked key is asked about again, by a free call, after 1 hour, then after 6 and 24 hours, then weekly; a good answer brings it back. [Operations](operations.md#maintenance) has more.",
    "## What refusals teach",
    "A key is not asked for more than people set, answers tell or refusals taught. What refusals teach about requests in a window is decided by these cases, in this order; the first that applies decides. A key that nothing was learned of keeps to what its pool's other keys have in common at the model.",
    table(
      ["What is seen", "What it teaches", "The refusal is then explained by"],
      LEARNING_CASES.map(({ kind, when, teaches, explains = "nothing" }) => [
        when,
        teaches,
        kind === "refused" ? EXPLAINED[explains] : "",
      ]),
    ),
    "Keys of a known limit wait for room; only where others wait in vain does one request at a time go beyond it, as a probe, and the next sooner where it was let in. A refusal that nothing explains rests the key for a guess, which delays requests and refuses none: where only a guess holds all keys back, one goes as a probe.",
    "## Rules",
    "They are tried in this order; the first that matches decides, and the last matches everything. Where no sample of an answer is recorded, the second column is empty.",
    "### AI Gateway's own answers",
    ruleTable(gatewayErrorRules),
    "### The provider's own rules",
    `On the page of each: ${providers
      .filter(({ errorRules }) => errorRules.length > 0)
      .map(({ slug, label }) => `[${label}](providers/${slug}.md#what-its-errors-do)`)
      .join(", ")}.`,
    "### Pages of proxies on the way",
    ruleTable(pageRules),
    "### Common rules",
    ruleTable(commonErrorRules),
  );
}

function keyText(meaning: ErrorMeaning): string {
  const { effect, scope } = USUAL[meaning];
  const { told, condition } = MEANINGS[meaning];
  if (effect === "none") return "nothing";
  const witness = condition === undefined ? "" : `, ${condition}`;
  if (effect === "block") return `blocked until it is reset or a check finds it good${witness}`;
  const reach = scope === "model" ? "rests for this model" : "rests for every model";
  const words = readErrorFacts(429, new Headers(), "");
  const usual =
    meaning === "rate_limit_day"
      ? "until the provider's midnight"
      : timeUntil(usualUntilMs(meaning, openai, words, NOW_MS));
  return `${reach} ${told}${usual}${witness}`;
}

function pacificLabels(): string {
  return providers
    .filter(({ quotaDayZone }) => quotaDayZone === "America/Los_Angeles")
    .map(({ label }) => label)
    .join(" and ");
}
