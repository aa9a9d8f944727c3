"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, useId, useState, useTransition } from "react";
import { changeAlertTargets } from "@/app/(portal)/settings/actions";
import type { ActionFailure } from "@/app/action-result";
import { answered } from "@/components/answered";
import { FieldError } from "@/components/form/field-error";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import type { AlertTargetsView, ChangeAlertTargetsInput } from "@/lib/manage/alerts/alert-targets";
import { SaveBar } from "../save-bar";
import { useFailureToast } from "../use-failure-toast";

type FieldName = keyof ChangeAlertTargetsInput;

const DOTS = "••••••••";

/** Where alerts are sent: what is a secret is never shown, and an empty field leaves it. */
export function AlertTargetForm({
  kind,
  targets,
}: {
  readonly kind: "webhook" | "mail";
  readonly targets: AlertTargetsView;
}) {
  const t = useTranslations("settings.alerts.target");
  const { isSaving, wasSaved, problemOf, save, edited } = useTargetSave(targets);
  const [address, setAddress] = useState(kind === "mail" ? targets.mailUrl : "");
  const [secret, setSecret] = useState("");
  const isSet = kind === "webhook" ? targets.webhookHost !== "" : targets.hasMailKey;
  const isMoved = kind === "webhook" ? address !== "" : address.trim() !== targets.mailUrl;
  const names: { readonly address: FieldName; readonly secret: FieldName } =
    kind === "webhook"
      ? { address: "webhookUrl", secret: "webhookSecret" }
      : { address: "mailUrl", secret: "mailKey" };
  const hasSecret = kind === "webhook" ? targets.hasWebhookSecret : targets.hasMailKey;

  async function submit(event: FormEvent) {
    event.preventDefault();
    const isDone = await save({
      ...(isMoved && { [names.address]: address }),
      ...(secret !== "" && { [names.secret]: secret }),
    });
    if (!isDone) return;
    if (kind === "webhook") setAddress("");
    setSecret("");
  }

  return (
    <form noValidate className="max-w-prose space-y-5" onSubmit={submit}>
      <TargetField
        label={t(`${kind}.address`)}
        hint={t(isSet ? `${kind}.addressKept` : `${kind}.addressHint`)}
        problem={problemOf(names.address)}
        type={kind === "webhook" ? "password" : "url"}
        placeholder={
          kind === "mail"
            ? "https://api.resend.com/emails"
            : isSet
              ? `https://${targets.webhookHost}/${DOTS}`
              : "https://hooks.slack.com/services/…"
        }
        value={address}
        onChange={(text) => {
          setAddress(text);
          edited();
        }}
      />
      <TargetField
        label={t(`${kind}.secret`)}
        hint={t(hasSecret && !isMoved ? `${kind}.secretKept` : `${kind}.secretHint`)}
        problem={problemOf(names.secret)}
        type="password"
        placeholder={hasSecret && !isMoved ? DOTS : ""}
        value={secret}
        onChange={(text) => {
          setSecret(text);
          edited();
        }}
      />
      <div className="flex flex-wrap items-center gap-3">
        <SaveBar isDirty={isMoved || secret !== ""} isSaving={isSaving} wasSaved={wasSaved} />
        {isSet && (
          <Button
            type="button"
            variant="outline"
            size="sm"
            disabled={isSaving}
            onClick={() =>
              void save(
                kind === "webhook" ? { webhookUrl: null } : { mailUrl: "", mailKey: null },
              ).then((isDone) => isDone && kind === "mail" && setAddress(""))
            }
          >
            {t(`${kind}.remove`)}
          </Button>
        )}
      </div>
    </form>
  );
}

function TargetField({
  label,
  hint,
  problem,
  type,
  placeholder,
  value,
  onChange,
}: {
  readonly label: string;
  readonly hint: string;
  readonly problem: string | undefined;
  readonly type: "password" | "url";
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}) {
  const id = useId();
  return (
    <div className="space-y-2">
      <Label htmlFor={id}>{label}</Label>
      <Input
        id={id}
        type={type}
        value={value}
        placeholder={placeholder}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-hint ${id}-error`}
        onChange={(event) => onChange(event.target.value)}
      />
      <p id={`${id}-hint`} className="text-muted-foreground text-xs">
        {hint}
      </p>
      <FieldError id={`${id}-error`} message={problem} />
    </div>
  );
}

function useTargetSave(targets: AlertTargetsView) {
  const showFailure = useFailureToast();
  const [failure, setFailure] = useState<ActionFailure | null>(null);
  const [wasSaved, setWasSaved] = useState(false);
  const [isSaving, startTransition] = useTransition();

  const save = (change: ChangeAlertTargetsInput): Promise<boolean> =>
    new Promise((resolve) => {
      startTransition(async () => {
        const result = await answered(() => changeAlertTargets({ change, was: { ...targets } }));
        setWasSaved(result?.ok === true);
        setFailure(result === null || result.ok ? null : result);
        if (result?.ok === false && (result.issues ?? []).length === 0) showFailure(result);
        resolve(result?.ok === true);
      });
    });

  return {
    isSaving,
    wasSaved,
    save,
    problemOf: (name: FieldName) => failure?.issues?.find(({ path }) => path === name)?.message,
    edited: () => setWasSaved(false),
  };
}
