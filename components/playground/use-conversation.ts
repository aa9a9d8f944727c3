"use client";

import { useEffect, useRef, useState } from "react";
import { askCost } from "@/components/playground/ask-cost";
import {
  type ChatRun,
  ended,
  WAITING,
  withHeaders,
  withPart,
  withRaw,
} from "@/components/playground/chat-run";
import {
  isAnswering,
  type Turn,
  withLastRun,
  withTurn,
} from "@/components/playground/conversation";
import type { PlaygroundToken } from "@/components/playground/use-playground-token";
import { type ChatSettings, chatRequest } from "@/lib/playground/chat-request";
import { readChatAnswer } from "@/lib/playground/read-chat-answer";
import { readRefusal } from "@/lib/playground/read-refusal";

/** Sends calls through the proxy, one at a time, and follows the responses: a conversation with one model. */
export function useConversation(ownToken: PlaygroundToken) {
  const [turns, setTurns] = useState<readonly Turn[]>([]);
  const current = useRef<AbortController | null>(null);
  const count = useRef(0);
  useEffect(() => () => current.current?.abort(), []);

  /**
   * @param pastedToken Used instead of the page's own; empty for none.
   * @returns Whether there was an answer.
   */
  async function send(settings: ChatSettings, pastedToken: string): Promise<boolean> {
    const controller = new AbortController();
    current.current = controller;
    const { signal } = controller;
    const body = JSON.stringify(chatRequest(settings));
    const { prompt, images } = settings;
    count.current += 1;
    const number = count.current;
    let latest = WAITING;
    const show = (next: ChatRun) => {
      latest = next;
      // Another call, or a new conversation, may have started in the meantime.
      if (current.current === controller) setTurns((known) => withLastRun(known, next));
    };
    setTurns((known) => withTurn(known, { number, prompt, images, run: WAITING }));
    let sentMs = performance.now();
    try {
      let token = "";
      const ask = async () => {
        token = pastedToken || (await ownToken.get());
        sentMs = performance.now();
        return post(body, token, signal);
      };
      let response = await ask();
      if (response.status === 401 && pastedToken === "") {
        ownToken.forget(token);
        response = await ask();
      }
      show(withHeaders(latest, response.headers));
      if (!response.ok) {
        const problem = await readRefusal(response);
        show(ended({ ...latest, problem }, performance.now() - sentMs));
        return false;
      }
      const onData = (data: string) => {
        latest = withRaw(latest, data);
      };
      for await (const part of readChatAnswer(response, onData)) {
        show(withPart(latest, part, performance.now() - sentMs));
      }
      const end = ended(latest, performance.now() - sentMs);
      show(end);
      const costUsd = await askCost(end.target ?? settings.model, end);
      show({ ...end, costUsd });
      return end.state === "done";
    } catch (error) {
      const totalMs = performance.now() - sentMs;
      if (signal.aborted) show({ ...latest, state: "stopped", totalMs });
      else {
        const message = error instanceof Error ? error.message : String(error);
        show(ended({ ...latest, problem: { kind: "broken", message } }, totalMs));
      }
      return false;
    }
  }

  return {
    turns,
    isAnswering: isAnswering(turns),
    send,
    stop: () => current.current?.abort(),
    clear: () => {
      current.current?.abort();
      current.current = null;
      setTurns([]);
    },
  };
}

export type Conversation = ReturnType<typeof useConversation>;

function post(body: string, token: string, signal: AbortSignal): Promise<Response> {
  return fetch("/api/compat/chat/completions", {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body,
    signal,
  });
}
