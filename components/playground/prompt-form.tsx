"use client";

import { Plus, RotateCcw, Send, Square, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { type FormEvent, type KeyboardEvent, useId } from "react";
import { FieldError } from "@/components/form/field-error";
import type { AliasChoice } from "@/components/playground/alias-choice";
import { ImageField } from "@/components/playground/image-field";
import { ModelPicker } from "@/components/playground/model-picker";
import { TokenChoice } from "@/components/playground/token-choice";
import type { PromptFields } from "@/components/playground/use-prompt-fields";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { Textarea } from "@/components/ui/textarea";

/** What is sent, to which model or models. */
export function PromptForm({
  fields,
  aliases,
  isRunning,
  hasTurns,
  onSend,
  onStop,
  onClear,
}: {
  readonly fields: PromptFields;
  readonly aliases: readonly AliasChoice[];
  readonly isRunning: boolean;
  readonly hasTurns: boolean;
  readonly onSend: () => void;
  readonly onStop: () => void;
  readonly onClear: () => void;
}) {
  const t = useTranslations("playground");
  const id = useId();
  const { shown, set } = fields;

  function submit(event: FormEvent) {
    event.preventDefault();
    onSend();
  }

  function sendByKey(event: KeyboardEvent) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onSend();
  }

  return (
    <form onSubmit={submit} onKeyDown={sendByKey} noValidate className="grid gap-5">
      <ModelField
        label={t("model.label")}
        model={fields.model}
        aliases={aliases}
        problem={shown.model}
        isFirst
        onChange={set.model}
      />
      {fields.second === null ? (
        <Button
          type="button"
          variant="outline"
          size="sm"
          className="justify-self-start"
          onClick={() => set.second("")}
        >
          <Plus aria-hidden />
          {t("model.compare")}
        </Button>
      ) : (
        <ModelField
          label={t("model.second")}
          model={fields.second}
          aliases={aliases}
          problem={shown.second}
          onChange={set.second}
          onRemove={() => set.second(null)}
        />
      )}
      <div className="grid gap-2">
        <Label htmlFor={`${id}-system`}>{t("system")}</Label>
        <Textarea
          id={`${id}-system`}
          value={fields.system}
          onChange={(event) => set.system(event.target.value)}
          placeholder={t("systemPlaceholder")}
          className="max-h-60"
        />
      </div>
      <div className="grid gap-2">
        <Label htmlFor={`${id}-prompt`}>{t("prompt")}</Label>
        <Textarea
          id={`${id}-prompt`}
          value={fields.prompt}
          onChange={(event) => set.prompt(event.target.value)}
          aria-invalid={shown.prompt !== undefined}
          aria-describedby={`${id}-prompt-problem`}
          className="max-h-96 min-h-28"
        />
        <FieldError id={`${id}-prompt-problem`} message={shown.prompt} />
        <ImageField images={fields.images} onChange={set.images} />
      </div>
      <div className="grid grid-cols-2 gap-4">
        <NumberField
          id={`${id}-temperature`}
          label={t("temperature")}
          placeholder={t("modelsOwn")}
          value={fields.temperature}
          onChange={set.temperature}
          problem={shown.temperature}
        />
        <NumberField
          id={`${id}-max-tokens`}
          label={t("maxTokens")}
          placeholder={t("modelsOwn")}
          value={fields.maxTokens}
          onChange={set.maxTokens}
          problem={shown.maxTokens}
        />
      </div>
      <details open={shown.tools !== undefined || undefined}>
        <summary className="cursor-pointer text-sm font-medium">{t("tools")}</summary>
        <div className="mt-2 grid gap-2">
          <Textarea
            aria-label={t("tools")}
            value={fields.tools}
            spellCheck={false}
            onChange={(event) => set.tools(event.target.value)}
            placeholder={'[{"type": "function", "function": {"name": "…"}}]'}
            aria-invalid={shown.tools !== undefined}
            aria-describedby={`${id}-tools-help ${id}-tools-problem`}
            className="max-h-80 font-mono text-[13px]"
          />
          <p id={`${id}-tools-help`} className="text-muted-foreground text-sm">
            {t("toolsHelp")}
          </p>
          <FieldError id={`${id}-tools-problem`} message={shown.tools} />
        </div>
      </details>
      <TokenChoice token={fields.pastedToken} onChange={set.pastedToken} />
      <div className="flex flex-wrap gap-2">
        {isRunning ? (
          <Button key="stop" type="button" variant="outline" className="flex-1" onClick={onStop}>
            <Square aria-hidden />
            {t("stop")}
          </Button>
        ) : (
          <Button key="send" type="submit" className="flex-1">
            <Send aria-hidden />
            {t("send")}
          </Button>
        )}
        {hasTurns && (
          <Button type="button" variant="outline" onClick={onClear}>
            <RotateCcw aria-hidden />
            {t("clear")}
          </Button>
        )}
      </div>
    </form>
  );
}

function ModelField({
  label,
  model,
  aliases,
  problem,
  isFirst = false,
  onChange,
  onRemove,
}: {
  readonly label: string;
  readonly model: string;
  readonly aliases: readonly AliasChoice[];
  readonly problem: string | undefined;
  readonly isFirst?: boolean;
  readonly onChange: (model: string) => void;
  /** Absent for one that is always asked. */
  readonly onRemove?: () => void;
}) {
  const t = useTranslations("playground.model");
  const id = useId();
  return (
    <div className="grid gap-2">
      <Label htmlFor={id}>{label}</Label>
      <div className="flex gap-2">
        <div className="min-w-0 flex-1">
          <ModelPicker
            id={id}
            model={model}
            aliases={aliases}
            isFirst={isFirst}
            onChange={onChange}
            aria-invalid={problem !== undefined}
            aria-describedby={`${id}-problem`}
          />
        </div>
        {onRemove && (
          <Button
            type="button"
            variant="ghost"
            size="icon"
            aria-label={t("removeSecond")}
            onClick={onRemove}
          >
            <X aria-hidden />
          </Button>
        )}
      </div>
      <FieldError id={`${id}-problem`} message={problem} />
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
