"use client";

import { Send, Square } from "lucide-react";
import { useTranslations } from "next-intl";
import { parseAsString, useQueryState } from "nuqs";
import { type FormEvent, type KeyboardEvent, useId, useRef, useState } from "react";
import { CodeBlock } from "@/components/code-block";
import { FieldError } from "@/components/form/field-error";
import type { AliasChoice } from "@/components/playground/alias-choice";
import { ModelPicker } from "@/components/playground/model-picker";
import { RunAnswer } from "@/components/playground/run-answer";
import { RunFacts } from "@/components/playground/run-facts";
import { TokenChoice } from "@/components/playground/token-choice";
import { useChatRun } from "@/components/playground/use-chat-run";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { Textarea } from "@/components/ui/textarea";
import { useOrigin } from "@/components/use-origin";
import { chatRequest } from "@/lib/playground/chat-request";
import { curlChat } from "@/lib/snippets/client-snippets";

/** Shown in the curl command while no model is chosen. */
const NO_MODEL = "provider/model";

type FieldName = "model" | "prompt" | "temperature" | "maxTokens";

/** Sends a prompt through the proxy, and shows everything that can be seen of the request. */
export function Playground({ aliases }: { readonly aliases: readonly AliasChoice[] }) {
  const t = useTranslations("playground");
  const id = useId();
  const origin = useOrigin();
  const [model, setModel] = useQueryState("model", parseAsString.withDefault(""));
  const [system, setSystem] = useState("");
  const [prompt, setPrompt] = useState(t("promptExample"));
  const [temperature, setTemperature] = useState("");
  const [maxTokens, setMaxTokens] = useState("");
  const [pastedToken, setPastedToken] = useState("");
  const [wasSent, setWasSent] = useState(false);
  const { run, send, stop } = useChatRun();
  const answer = useRef<HTMLElement>(null);
  const isRunning = run?.state === "waiting" || run?.state === "streaming";

  const problems: Readonly<Record<FieldName, string | undefined>> = {
    model: model === "" ? t("problems.model") : undefined,
    prompt: prompt.trim() === "" ? t("problems.prompt") : undefined,
    temperature: isNumber(temperature, 0, 2) ? undefined : t("problems.temperature"),
    maxTokens: isNumber(maxTokens, 1, 1_000_000) ? undefined : t("problems.maxTokens"),
  };
  const shown: Partial<typeof problems> = wasSent ? problems : {};
  const settings = {
    model,
    targets: aliases.find(({ name }) => name === model)?.targets ?? [],
    system: system.trim(),
    prompt,
    temperature: temperature === "" ? null : Number(temperature),
    maxTokens: maxTokens === "" ? null : Math.round(Number(maxTokens)),
  };

  function submit(event?: FormEvent) {
    event?.preventDefault();
    setWasSent(true);
    if (isRunning || Object.values(problems).some((problem) => problem !== undefined)) return;
    void send(settings, pastedToken.trim());
    // On a phone the response is below the form.
    answer.current?.scrollIntoView({ block: "nearest" });
  }

  function sendByKey(event: KeyboardEvent) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
  }

  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,24rem)_minmax(0,1fr)]">
      <form onSubmit={submit} onKeyDown={sendByKey} noValidate className="grid gap-5">
        <div className="grid gap-2">
          <Label htmlFor={`${id}-model`}>{t("model.label")}</Label>
          <ModelPicker
            id={`${id}-model`}
            model={model}
            aliases={aliases}
            isFirst
            onChange={(name) => void setModel(name)}
            aria-invalid={shown.model !== undefined}
            aria-describedby={`${id}-model-problem`}
          />
          <FieldError id={`${id}-model-problem`} message={shown.model} />
        </div>
        <div className="grid gap-2">
          <Label htmlFor={`${id}-system`}>{t("system")}</Label>
          <Textarea
            id={`${id}-system`}
            value={system}
            onChange={(event) => setSystem(event.target.value)}
            placeholder={t("systemPlaceholder")}
            className="max-h-60"
          />
        </div>
        <div className="grid gap-2">
          <Label htmlFor={`${id}-prompt`}>{t("prompt")}</Label>
          <Textarea
            id={`${id}-prompt`}
            value={prompt}
            onChange={(event) => setPrompt(event.target.value)}
            aria-invalid={shown.prompt !== undefined}
            aria-describedby={`${id}-prompt-problem`}
            className="max-h-96 min-h-28"
          />
          <FieldError id={`${id}-prompt-problem`} message={shown.prompt} />
        </div>
        <div className="grid grid-cols-2 gap-4">
          <NumberField
            id={`${id}-temperature`}
            label={t("temperature")}
            placeholder={t("modelsOwn")}
            value={temperature}
            onChange={setTemperature}
            problem={shown.temperature}
          />
          <NumberField
            id={`${id}-max-tokens`}
            label={t("maxTokens")}
            placeholder={t("modelsOwn")}
            value={maxTokens}
            onChange={setMaxTokens}
            problem={shown.maxTokens}
          />
        </div>
        <TokenChoice token={pastedToken} onChange={setPastedToken} />
        {isRunning ? (
          <Button key="stop" type="button" variant="outline" onClick={stop}>
            <Square aria-hidden />
            {t("stop")}
          </Button>
        ) : (
          <Button key="send" type="submit">
            <Send aria-hidden />
            {t("send")}
          </Button>
        )}
      </form>
      <div className="min-w-0 space-y-6">
        <section
          ref={answer}
          aria-label={t("answer.label")}
          className="scroll-my-4 rounded-lg border"
        >
          <div className="min-h-48 p-4" aria-live="polite" aria-busy={isRunning}>
            <RunAnswer run={run} />
          </div>
          <div className="border-t p-4">
            <RunFacts run={run} />
          </div>
        </section>
        <section className="space-y-2">
          <h2 className="font-medium">{t("curl.title")}</h2>
          <p className="text-muted-foreground">{t("curl.description")}</p>
          <CodeBlock
            code={curlChat(
              origin,
              "$ACCESS_TOKEN",
              chatRequest({ ...settings, model: model || NO_MODEL }),
            )}
            language="bash"
          />
        </section>
      </div>
    </div>
  );
}

function NumberField({
  id,
  label,
  placeholder,
  value,
  onChange,
  problem,
}: {
  readonly id: string;
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly problem: string | undefined;
}) {
  return (
    <div className="grid content-start gap-2">
      <Label htmlFor={id}>{label}</Label>
      <Input
        id={id}
        inputMode="decimal"
        autoComplete="off"
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.target.value.trim())}
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-problem`}
      />
      <FieldError id={`${id}-problem`} message={problem} />
    </div>
  );
}

/** Empty means the model's default. */
function isNumber(text: string, min: number, max: number): boolean {
  if (text === "") return true;
  const value = Number(text);
  return value >= min && value <= max;
}
