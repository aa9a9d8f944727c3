"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { FieldError } from "@/components/form/field-error";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import type { SignInSettingsView } from "@/lib/manage/settings/sign-in-settings";
import { SaveBar } from "../save-bar";
import { useSignInSave } from "./use-sign-in-save";

const FIELDS = [
  "issuer",
  "clientId",
  "clientSecret",
  "name",
  "roles",
  "groups",
  "groupsClaim",
] as const;
type Field = (typeof FIELDS)[number];

const PLACEHOLDERS: Partial<Record<Field, string>> = {
  issuer: "https://id.example.com",
  roles: "platform=admin;engineering=member",
  groups: "search-team=search;search-leads=search:admin",
  groupsClaim: "groups",
};

const code = (text: ReactNode) => <code className="font-mono break-words">{text}</code>;

/** The issuer with which members sign in. Its secret is never shown: an empty field leaves it, unless the app changes. */
export function DirectoryForm({ settings }: { readonly settings: SignInSettingsView }) {
  const t = useTranslations("settings.signIn");
  const id = useId();
  const stored = { ...settings, clientSecret: "" };
  const [values, setValues] = useState<Readonly<Record<Field, string>>>(stored);
  const { save, messageOf, isSaving, wasSaved, forget } = useSignInSave();
  const changed = FIELDS.filter((field) => values[field].trim() !== stored[field]);
  const isElsewhere = changed.includes("issuer") || changed.includes("clientId");
  const hasSecret = settings.hasSecret && !isElsewhere;

  const hints: Partial<Record<Field, ReactNode>> = {
    issuer: t.rich("issuerHint", { code }),
    clientSecret: t(hasSecret ? "secretKept" : "secretHint"),
    name: t("nameHint"),
    roles: t.rich("rolesHint", { code }),
    groups: t.rich("groupsHint", { code }),
    groupsClaim: t.rich("groupsClaimHint", { code }),
  };

  function submit(event: FormEvent) {
    event.preventDefault();
    const changes = Object.fromEntries(changed.map((field) => [field, values[field]]));
    save(changes, () => setValues((current) => ({ ...current, clientSecret: "" })));
  }

  return (
    <form noValidate className="max-w-prose space-y-5" onSubmit={submit}>
      {FIELDS.map((field) => (
        <div key={field} className="space-y-2">
          <Label htmlFor={`${id}-${field}`}>{t(field)}</Label>
          <Input
            id={`${id}-${field}`}
            type={field === "clientSecret" ? "password" : "text"}
            value={values[field]}
            placeholder={field === "clientSecret" && hasSecret ? "••••••••" : PLACEHOLDERS[field]}
            spellCheck={false}
            autoComplete="off"
            aria-invalid={messageOf(field) !== undefined}
            aria-describedby={`${id}-${field}-hint ${id}-${field}-error`}
            onChange={({ target: { value } }) => {
              setValues((current) => ({ ...current, [field]: value }));
              forget();
            }}
          />
          {hints[field] !== undefined && (
            <p id={`${id}-${field}-hint`} className="text-muted-foreground text-xs">
              {hints[field]}
            </p>
          )}
          <FieldError id={`${id}-${field}-error`} message={messageOf(field)} />
        </div>
      ))}
      <SaveBar isDirty={changed.length > 0} isSaving={isSaving} wasSaved={wasSaved} />
    </form>
  );
}
