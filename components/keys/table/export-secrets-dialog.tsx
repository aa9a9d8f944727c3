"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, useId, useState, useTransition } from "react";
import type { ActionFailure } from "@/app/action-result";
import { FieldError } from "@/components/form/field-error";
import { saveResponse } from "@/components/save-response";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { RadioGroup, RadioGroupItem } from "@/components/ui/radio-group";
import type { KeyFilter } from "../types";
import { useFailureWords } from "../use-failure-words";

const FORMATS = ["csv", "json"] as const;

/** Null if the server wasn't reached, or its response isn't its own error. */
async function readFailure(response: Response | null): Promise<ActionFailure | null> {
  const body: unknown = await response?.json().catch(() => null);
  // The route's only JSON besides the file is a failure.
  return typeof body === "object" ? (body as ActionFailure | null) : null;
}

/** Asks for the password again, and exports the keys in plain text. */
export function ExportSecretsDialog({
  filter,
  label,
  onClose,
}: {
  readonly filter: KeyFilter;
  readonly label: string;
  readonly onClose: () => void;
}) {
  const t = useTranslations("keys.export");
  const tFailure = useTranslations("keys.failure");
  const failureWords = useFailureWords();
  const id = useId();
  const [format, setFormat] = useState<string>("csv");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<string>();
  const [isRunning, startTransition] = useTransition();

  function submit(event: FormEvent) {
    event.preventDefault();
    setProblem(undefined);
    startTransition(async () => {
      const response = await fetch("/keys/export", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ filter, format, password }),
      }).catch(() => null);
      if (response?.ok && response.headers.has("content-disposition")) {
        await saveResponse(response);
        onClose();
        return;
      }
      const failure = await readFailure(response);
      if (failure === null) setProblem(tFailure("offline"));
      else if (failure.issues.some(({ path }) => path === "password"))
        setProblem(t("wrongPassword"));
      else setProblem(failureWords(failure));
    });
  }

  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DialogContent>
        <form onSubmit={submit} className="space-y-4">
          <DialogHeader>
            <DialogTitle>{t("secretsTitle")}</DialogTitle>
            <DialogDescription>{t("secretsDescription", { provider: label })}</DialogDescription>
          </DialogHeader>
          <fieldset className="space-y-2">
            <legend className="text-sm font-medium">{t("format")}</legend>
            <RadioGroup value={format} onValueChange={setFormat} className="flex gap-6">
              {FORMATS.map((each) => (
                <div key={each} className="flex items-center gap-2">
                  <RadioGroupItem id={`${id}-${each}`} value={each} />
                  <Label htmlFor={`${id}-${each}`}>{each.toUpperCase()}</Label>
                </div>
              ))}
            </RadioGroup>
          </fieldset>
          <div className="space-y-2">
            <Label htmlFor={`${id}-password`}>{t("password")}</Label>
            <Input
              id={`${id}-password`}
              type="password"
              autoComplete="current-password"
              required
              value={password}
              aria-invalid={problem !== undefined}
              aria-describedby={`${id}-problem`}
              onChange={(event) => setPassword(event.target.value)}
            />
            <FieldError id={`${id}-problem`} message={problem} />
          </div>
          <DialogFooter>
            <Button type="submit" disabled={isRunning || password === ""}>
              {t("submit")}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
