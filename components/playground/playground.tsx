"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { CodeBlock } from "@/components/code-block";
import type { AliasChoice } from "@/components/playground/alias-choice";
import { historyOf } from "@/components/playground/conversation";
import { ConversationView } from "@/components/playground/conversation-view";
import { PromptForm } from "@/components/playground/prompt-form";
import { type Conversation, useConversation } from "@/components/playground/use-conversation";
import { usePlaygroundToken } from "@/components/playground/use-playground-token";
import { usePromptFields } from "@/components/playground/use-prompt-fields";
import { useOrigin } from "@/components/use-origin";
import { type ChatSettings, chatRequest } from "@/lib/playground/chat-request";
import { curlChat } from "@/lib/snippets/client-snippets";
import { cn } from "@/lib/utils";

/** Shown in the curl command while no model is chosen. */
const NO_MODEL = "provider/model";

/** Sends prompts through the proxy to one model, or to two to compare them, and shows all that can be seen of it. */
export function Playground({ aliases }: { readonly aliases: readonly AliasChoice[] }) {
  const t = useTranslations("playground");
  const origin = useOrigin();
  const fields = usePromptFields();
  const ownToken = usePlaygroundToken();
  const first = useConversation(ownToken);
  const other = useConversation(ownToken);
  /** What the first model was sent last, for the curl command. */
  const [sent, setSent] = useState<ChatSettings | null>(null);
  const isCompared = fields.second !== null;
  const isRunning = first.isAnswering || other.isAnswering;

  const settingsOf = (model: string, { turns }: Conversation): ChatSettings => ({
    ...fields.common,
    model,
    history: historyOf(turns),
    targets: aliases.find(({ name }) => name === model)?.targets ?? [],
  });

  async function send() {
    if (isRunning || !fields.check()) return;
    const token = fields.pastedToken.trim();
    const settings = settingsOf(fields.model, first);
    setSent(settings);
    const kept = fields.next();
    const answers = await Promise.all([
      first.send(settings, token),
      ...(fields.second === null ? [] : [other.send(settingsOf(fields.second, other), token)]),
    ]);
    // What got no answer can be sent again.
    if (!answers.some(Boolean)) kept.restore();
  }

  const next = settingsOf(fields.model || NO_MODEL, first);
  const shown = fields.prompt.trim() === "" && sent !== null ? sent : next;
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,24rem)_minmax(0,1fr)]">
      <PromptForm
        fields={fields}
        aliases={aliases}
        isRunning={isRunning}
        hasTurns={first.turns.length > 0 || other.turns.length > 0}
        onSend={() => void send()}
        onStop={() => {
          first.stop();
          other.stop();
        }}
        onClear={() => {
          first.clear();
          other.clear();
        }}
      />
      <div className="min-w-0 space-y-6">
        <div className={cn("grid items-start gap-4", isCompared && "xl:grid-cols-2")}>
          <ConversationView
            label={t("answer.label")}
            title={isCompared ? fields.model || NO_MODEL : null}
            conversation={first}
          />
          {isCompared && (
            <ConversationView
              label={t("answer.second")}
              title={fields.second || NO_MODEL}
              conversation={other}
            />
          )}
        </div>
        <section className="space-y-2">
          <h2 className="font-medium">{t("curl.title")}</h2>
          <p className="text-muted-foreground">{t("curl.description")}</p>
          <CodeBlock
            code={curlChat(origin, "$ACCESS_TOKEN", chatRequest(withoutImageData(shown)))}
            language="bash"
          />
        </section>
      </div>
    </div>
  );
}

/** Images are megabytes, which no one pastes into a shell. */
function withoutImageData(settings: ChatSettings): ChatSettings {
  const short = (images: readonly string[]) =>
    images.map((url) => `${url.slice(0, url.indexOf(",") + 1)}…`);
  return {
    ...settings,
    images: short(settings.images),
    history: settings.history.map((turn) => ({ ...turn, images: short(turn.images) })),
  };
}
