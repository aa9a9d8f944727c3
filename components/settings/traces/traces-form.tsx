"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, useId, useState, useTransition } from "react";
import { changeTraces } from "@/app/(portal)/settings/actions";
import { answered } from "@/components/answered";
import { FieldError } from "@/components/form/field-error";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import type { TraceSettingsView } from "@/lib/manage/settings/trace-settings";
import { SaveBar } from "../save-bar";
import { useFailureToast } from "../use-failure-toast";

/** Where traces are sent. Headers are never shown: an empty field leaves them, unless the address changes. */
export function TracesForm({ settings }: { readonly settings: TraceSettingsView }) {
  const t = useTranslations("settings.traces");
  const id = useId();
  const showFailure = useFailureToast();
  const [endpoint, setEndpoint] = useState(settings.endpoint);
  const [headers, setHeaders] = useState("");
  const [wrong, setWrong] = useState<{ readonly path: string; readonly message: string } | null>(
    null,
  );
  const [wasSaved, setWasSaved] = useState(false);
  const [isSaving, startTransition] = useTransition();
  const isMoved = endpoint.trim() !== settings.endpoint;
  const isDirty = isMoved || headers !== "";

  function save(event: FormEvent) {
    event.preventDefault();
    startTransition(async () => {
      const changes = { ...(isMoved && { endpoint }), ...(headers !== "" && { headers }) };
      const answer = await answered(() => changeTraces(changes));
      if (answer === null) return;
      const issue = answer.ok ? undefined : answer.issues?.[0];
      setWrong(issue ?? null);
      setWasSaved(answer.ok);
      if (answer.ok) setHeaders("");
      else if (issue === undefined) showFailure(answer);
    });
  }

  const messageOf = (path: string) => (wrong?.path === path ? wrong.message : undefined);
  return (
    <form noValidate className="max-w-prose space-y-5" onSubmit={save}>
      <div className="space-y-2">
        <Label htmlFor={`${id}-endpoint`}>{t("endpoint")}</Label>
        <Input
          id={`${id}-endpoint`}
          value={endpoint}
          placeholder="https://otlp.example.com"
          spellCheck={false}
          autoComplete="off"
          aria-invalid={messageOf("endpoint") !== undefined}
          aria-describedby={`${id}-endpoint-hint ${id}-endpoint-error`}
          onChange={(event) => {
            setEndpoint(event.target.value);
            setWasSaved(false);
          }}
        />
        <p id={`${id}-endpoint-hint`} className="text-muted-foreground text-xs">
          {t("endpointHint")}
        </p>
        <FieldError id={`${id}-endpoint-error`} message={messageOf("endpoint")} />
      </div>
      <div className="space-y-2">
        <Label htmlFor={`${id}-headers`}>{t("headers")}</Label>
        <Input
          id={`${id}-headers`}
          type="password"
          value={headers}
          placeholder={settings.hasHeaders && !isMoved ? "••••••••" : "authorization=Bearer%20…"}
          spellCheck={false}
          autoComplete="off"
          aria-invalid={messageOf("headers") !== undefined}
          aria-describedby={`${id}-headers-hint ${id}-headers-error`}
          onChange={(event) => {
            setHeaders(event.target.value);
            setWasSaved(false);
          }}
        />
        <p id={`${id}-headers-hint`} className="text-muted-foreground text-xs">
          {t(settings.hasHeaders ? "headersKept" : "headersHint")}
        </p>
        <FieldError id={`${id}-headers-error`} message={messageOf("headers")} />
      </div>
      <SaveBar isDirty={isDirty} isSaving={isSaving} wasSaved={wasSaved} />
    </form>
  );
}
