"use client";

import { useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import { CodeBlock } from "@/components/code-block";
import { CopyButton } from "@/components/copy-button";
import type { ChatRun } from "@/components/playground/chat-run";
import type { Turn } from "@/components/playground/conversation";
import { Thumbnail } from "@/components/playground/image-field";
import { RunAnswer } from "@/components/playground/run-answer";
import { RunFacts } from "@/components/playground/run-facts";
import type { Conversation } from "@/components/playground/use-conversation";

/** What was asked and answered, the latest at the end; for each answer, all that is known about its request. */
export function ConversationView({
  label,
  title,
  conversation: { turns, isAnswering },
}: {
  readonly label: string;
  /** Above the turns, where there are two conversations; null for one alone. */
  readonly title: string | null;
  readonly conversation: Conversation;
}) {
  const section = useRef<HTMLElement>(null);
  const count = turns.length;
  // On a phone the response is below the form.
  useEffect(() => {
    if (count > 0 && !window.matchMedia("(min-width: 64rem)").matches) {
      section.current?.lastElementChild?.scrollIntoView({ block: "nearest" });
    }
  }, [count]);

  return (
    <section
      ref={section}
      aria-label={label}
      className="min-w-0 scroll-my-4 divide-y overflow-hidden rounded-lg border"
    >
      {title !== null && (
        <h2 className="bg-muted/40 truncate px-4 py-2 font-mono text-[13px]" title={title}>
          {title}
        </h2>
      )}
      {turns.length === 0 && (
        <div>
          <div className="min-h-48 p-4">
            <RunAnswer run={null} />
          </div>
          <div className="border-t p-4">
            <RunFacts run={null} />
          </div>
        </div>
      )}
      {turns.map((turn, index) => (
        <TurnView
          key={turn.number}
          turn={turn}
          isLast={index === turns.length - 1}
          isOpen={isAnswering}
        />
      ))}
    </section>
  );
}

function TurnView({
  turn: { prompt, images, run },
  isLast,
  isOpen,
}: {
  readonly turn: Turn;
  readonly isLast: boolean;
  readonly isOpen: boolean;
}) {
  const t = useTranslations("playground");
  return (
    <article>
      <div className="bg-muted/40 space-y-2 px-4 py-3">
        <p className="break-words whitespace-pre-wrap">{prompt}</p>
        {images.length > 0 && (
          <ul className="flex flex-wrap gap-2">
            {images.map((url, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the same image may be there twice.
              <li key={index}>
                <Thumbnail url={url} name={t("images.name", { number: index + 1 })} />
              </li>
            ))}
          </ul>
        )}
      </div>
      <div className="relative p-4 pr-12" aria-live="polite" aria-busy={isLast && isOpen}>
        <RunAnswer run={run} />
        {run.text !== "" && (
          <CopyButton
            value={run.text}
            name={t("answer.label")}
            className="absolute top-2 right-2"
          />
        )}
      </div>
      <ToolCalls run={run} />
      {isLast ? (
        <div className="border-t p-4">
          <RunFacts run={run} />
        </div>
      ) : (
        <details className="border-t px-4 py-2 text-sm">
          <summary className="text-muted-foreground cursor-pointer">{t("facts.title")}</summary>
          <div className="py-3">
            <RunFacts run={run} />
          </div>
        </details>
      )}
      {run.raw !== "" && run.state !== "streaming" && (
        <details className="border-t px-4 py-2 text-sm">
          <summary className="text-muted-foreground cursor-pointer">{t("answer.raw")}</summary>
          <div className="max-h-96 overflow-auto py-3">
            <CodeBlock code={run.raw} language="json" />
          </div>
        </details>
      )}
    </article>
  );
}

function ToolCalls({ run: { tools } }: { readonly run: ChatRun }) {
  const t = useTranslations("playground.answer");
  if (tools.length === 0) return null;
  return (
    <ul className="space-y-3 px-4 pb-4">
      {tools.map(({ name, text }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: calls are numbered.
        <li key={index} className="space-y-1.5">
          <p className="text-sm">{t("calls", { name })}</p>
          <CodeBlock code={indented(text)} language="json" />
        </li>
      ))}
    </ul>
  );
}

/** As it came, if it isn't JSON (yet). */
function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
