"use client";

import { useEffect, useRef, useState } from "react";
import { askCost } from "@/components/playground/ask-cost";
import {
  type ChatRun,
  ended,
  WAITING,
  withHeaders,
  withPart,
} from "@/components/playground/chat-run";
import { usePlaygroundToken } from "@/components/playground/use-playground-token";
import { type ChatSettings, chatRequest } from "@/lib/playground/chat-request";
import { readChatAnswer } from "@/lib/playground/read-chat-answer";
import { readRefusal } from "@/lib/playground/read-refusal";

/** Sends calls through the proxy, one at a time, and follows the response. */
export function useChatRun() {
  const [run, setRun] = useState<ChatRun | null>(null);
  const ownToken = usePlaygroundToken();
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);

  /** @param pastedToken Used instead of the page's own; empty for none. */
  async function send(settings: ChatSettings, pastedToken: string): Promise<void> {
    const controller = new AbortController();
    current.current = controller;
    const { signal } = controller;
    const body = JSON.stringify(chatRequest(settings));
    let latest = WAITING;
    const show = (next: ChatRun) => {
      latest = next;
      setRun(next);
    };
    show(WAITING);
    let sentMs = performance.now();
    try {
      const ask = async () => {
        const token = pastedToken || (await ownToken.get());
        sentMs = performance.now();
        return post(body, token, signal);
      };
      let response = await ask();
      if (response.status === 401 && pastedToken === "") {
        ownToken.forget();
        response = await ask();
      }
      show(withHeaders(latest, response.headers));
      if (!response.ok) {
        show(
          ended({ ...latest, problem: await readRefusal(response) }, performance.now() - sentMs),
        );
        return;
      }
      for await (const part of readChatAnswer(response)) {
        show(withPart(latest, part, performance.now() - sentMs));
      }
      const end = ended(latest, performance.now() - sentMs);
      show(end);
      const costUsd = await askCost(end.target ?? settings.model, end);
      // Another call may have started in the meantime.
      if (current.current === controller) show({ ...end, costUsd });
    } catch (error) {
      const totalMs = performance.now() - sentMs;
      if (signal.aborted) show({ ...latest, state: "stopped", totalMs });
      else {
        const message = error instanceof Error ? error.message : String(error);
        show(ended({ ...latest, problem: { kind: "broken", message } }, totalMs));
      }
    }
  }

  return { run, send, stop: () => current.current?.abort() };
}

function post(body: string, token: string, signal: AbortSignal): Promise<Response> {
  return fetch("/api/compat/chat/completions", {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body,
    signal,
  });
}
