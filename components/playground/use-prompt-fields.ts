"use client";

import { useTranslations } from "next-intl";
import { parseAsString, useQueryState } from "nuqs";
import { useEffect, useState } from "react";
import { keepModel, keptModel } from "@/components/playground/kept-model";
import { parseTools } from "@/lib/playground/chat-request";

type FieldName = "model" | "second" | "prompt" | "temperature" | "maxTokens" | "tools";

/** The fields of the playground's form, and what is wrong with them. */
export function usePromptFields() {
  const t = useTranslations("playground");
  const [model, setModel] = useQueryState("model", parseAsString.withDefault(""));
  /** To compare with; null for none, empty until one is chosen. */
  const [second, setSecond] = useQueryState("with", parseAsString);
  const [system, setSystem] = useState("");
  const [prompt, setPrompt] = useState(t("promptExample"));
  const [images, setImages] = useState<readonly string[]>([]);
  const [temperature, setTemperature] = useState("");
  const [maxTokens, setMaxTokens] = useState("");
  const [tools, setTools] = useState("");
  const [pastedToken, setPastedToken] = useState("");
  const [wasSent, setWasSent] = useState(false);

  // The model of the last visit, unless a link names one.
  useEffect(() => {
    if (model !== "") keepModel(model);
    else {
      const kept = keptModel();
      if (kept !== null) void setModel(kept);
    }
  }, [model, setModel]);

  const parsedTools = parseTools(tools);
  const problems: Readonly<Record<FieldName, string | undefined>> = {
    model: model === "" ? t("problems.model") : undefined,
    second: second === "" ? t("problems.model") : undefined,
    prompt: prompt.trim() === "" ? t("problems.prompt") : undefined,
    temperature: isNumber(temperature, 0, 2) ? undefined : t("problems.temperature"),
    maxTokens: isNumber(maxTokens, 1, 1_000_000) ? undefined : t("problems.maxTokens"),
    tools: parsedTools === null ? t("problems.tools") : undefined,
  };
  const shown: Partial<typeof problems> = wasSent ? problems : {};

  return {
    model,
    second,
    system,
    prompt,
    images,
    temperature,
    maxTokens,
    tools,
    pastedToken,
    shown,
    set: {
      model: (name: string) => void setModel(name),
      second: (name: string | null) => void setSecond(name),
      system: setSystem,
      prompt: setPrompt,
      images: setImages,
      temperature: setTemperature,
      maxTokens: setMaxTokens,
      tools: setTools,
      pastedToken: setPastedToken,
    },
    /** What is sent to each model. */
    common: {
      system: system.trim(),
      prompt,
      images,
      tools: parsedTools?.tools ?? null,
      temperature: temperature === "" ? null : Number(temperature),
      maxTokens: maxTokens === "" ? null : Math.round(Number(maxTokens)),
    },
    /** Shows what is wrong; true if nothing is. */
    check(): boolean {
      setWasSent(true);
      return Object.values(problems).every((problem) => problem === undefined);
    },
    /** The next turn begins empty. Restoring leaves what has been typed since. */
    next(): { restore(): void } {
      setPrompt("");
      setImages([]);
      setWasSent(false);
      return {
        restore() {
          setPrompt((typed) => typed || prompt);
          setImages((chosen) => (chosen.length > 0 ? chosen : images));
        },
      };
    },
  };
}

export type PromptFields = ReturnType<typeof usePromptFields>;

/** Empty means the model's default. */
function isNumber(text: string, min: number, max: number): boolean {
  if (text === "") return true;
  const value = Number(text);
  return value >= min && value <= max;
}
