/**
 * Any legal request, however odd, becomes one that the other service accepts, and says the same: every text, picture,
 * call and result, in order.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { converting } from "../../tests/answers/conversions";
import {
  ODD_REQUESTS,
  type OddConversation,
  oddConversations,
} from "../../tests/answers/odd-conversations";
import { readRequest } from "../../tests/answers/read-requests";
import { errorText } from "./calls/tool-result";
import type { ConvertibleForm } from "./conversion";

const FORMS: readonly ConvertibleForm[] = ["chat", "messages", "responses", "gemini"];
const PAIRS = FORMS.flatMap((from) =>
  FORMS.filter((to) => to !== from).map((to) => [from, to] as const),
);

const MODELS = {
  chat: "m",
  messages: "claude-opus-4-8",
  responses: "gpt-5.1-codex",
  gemini: "gemini-3-pro",
} as const;

/** Messages reject blank texts, the others empty ones. */
const isSaid = (words: string, to: ConvertibleForm) =>
  to === "messages" ? words.trim() !== "" : words !== "";

/** What the service has to read. */
function meaning(
  { system, turns }: OddConversation,
  from: ConvertibleForm,
  to: ConvertibleForm,
  nameOf: (name: string) => string,
) {
  const said: [who: "user" | "model", text: string][] = [];
  const say = (who: "user" | "model", words: string) => {
    const last = said.at(-1);
    if (last?.[0] === who) last[1] += words;
    else if (words !== "") said.push([who, words]);
  };
  for (const { asked, said: answer } of turns) {
    say("user", asked.filter((words) => isSaid(words, to)).join(""));
    if (isSaid(answer, to)) say("model", answer);
  }
  say("user", "Go on");
  const saysErrors = from === "messages" || from === "gemini";
  const inWords = to === "chat" || to === "responses";
  return {
    said,
    pictures: turns.filter(({ picture }) => picture !== "none").length,
    calls: turns.flatMap(({ calls }) =>
      calls.map(({ name, input, result, isError, isListed }) => {
        const words = saysErrors && isError && inWords ? errorText(result) : result;
        // A text in a list is a block.
        const isLost = to === "messages" && words.trim() === "" && isListed && from === "chat";
        return [nameOf(name), JSON.stringify(input), isLost ? "" : words];
      }),
    ),
    system: isSaid(system, to) ? system : "",
    faults: [],
  };
}

test.each(PAIRS)("%s to %s", (from, to) => {
  fc.assert(
    fc.property(oddConversations, (conversation) => {
      const body = ODD_REQUESTS[from](conversation);
      const { isStream } = conversation;
      const { request, conversion } = converting(from, to, body, { model: MODELS[to], isStream });
      const sent = new Map(conversion.facts.renamed.map(([other, own]) => [own, other]));
      const nameOf = (name: string) => sent.get(name) ?? name;
      expect(readRequest(to, request)).toEqual(meaning(conversation, from, to, nameOf));
      expect(Object.values(request)).not.toContain(null);
      const isNew = conversation.nothing === "newer";
      const named = conversion.dropped.filter((field) => /newer|null/.test(field));
      expect(named).toEqual(isNew ? ["newer"] : []);
    }),
    { numRuns: 40 },
  );
});
